"""Submits Spark jobs to EMR Serverless in waves, waits with asyncio, retries failed ones with more memory."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace

import boto3

from pysfnc import workflow

logger = logging.getLogger(__name__)
emr = boto3.client("emr-serverless")
TERMINAL = ("SUCCESS", "FAILED", "CANCELLED")
CONF = "--conf spark.executor.memory={memory}g --conf spark.executor.cores={cores}"


@dataclass(frozen=True)
class Job:
    name: str
    script: str
    args: tuple[str, ...] = ()
    memory: int = 4
    cores: int = 2
    attempt: int = 1

    def bigger(self) -> "Job":
        return replace(self, memory=min(self.memory * 2, 32), attempt=self.attempt + 1)

    @property
    def parameters(self) -> str:
        return CONF.format(memory=self.memory, cores=self.cores)


async def run(app: str, role: str, job: Job) -> tuple[Job, str, str]:
    started = emr.start_job_run(
        applicationId=app,
        clientToken=f"{job.name}-{job.attempt}",
        executionRoleArn=role,
        name=f"{job.name} #{job.attempt}",
        jobDriver={
            "sparkSubmit": {
                "entryPoint": job.script,
                "entryPointArguments": list(job.args),
                "sparkSubmitParameters": job.parameters,
            }
        },
    )
    run_id = started["jobRunId"]
    while True:
        await asyncio.sleep(60)
        found = emr.get_job_run(applicationId=app, jobRunId=run_id)["jobRun"]
        if found["state"] in TERMINAL:
            return job, found["state"], found.get("stateDetails", "")


def load(raw: list[dict]) -> Iterable[Job]:
    for item in raw:
        args = item.get("args") or []
        yield Job(item["name"], item["script"], tuple(str(a) for a in args), memory=int(item.get("memory", 4)))


@workflow
async def waves(app: str, role: str, jobs: list[dict], attempts: int = 2) -> dict:
    todo = list(load(jobs))
    done: dict[str, int] = {}
    failed: dict[str, str] = {}
    wave = 0
    while todo and wave < attempts:
        wave += 1
        results = await asyncio.gather(*(run(app, role, job) for job in todo))
        todo = []
        for job, state, details in results:
            if state == "SUCCESS":
                done[job.name] = job.attempt
                failed.pop(job.name, None)
            else:
                failed[job.name] = details or state
                if "OutOfMemory" in details:
                    todo.append(job.bigger())
    return {"done": done, "failed": failed, "waves": wave}
