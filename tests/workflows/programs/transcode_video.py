"""Transcodes videos with MediaConvert in several renditions chosen from the probe of a Lambda function."""

from __future__ import annotations

import copy
import json
import os
import time
from dataclasses import dataclass
from typing import Final

import boto3

from pysfnc import workflow

mc = boto3.client("mediaconvert")
lam = boto3.client("lambda")
ROLE: Final = os.environ["MEDIA_ROLE"]
LADDER: Final = ((1080, 5_000_000), (720, 3_000_000), (480, 1_200_000), (360, 600_000))
AAC: Final = {"Bitrate": 96000, "CodingMode": "CODING_MODE_2_0", "SampleRate": 48000}
BASE: Final = {
    "ContainerSettings": {"Container": "MP4"},
    "VideoDescription": {"CodecSettings": {"Codec": "H_264", "H264Settings": {"RateControlMode": "QVBR"}}},
    "AudioDescriptions": [{"CodecSettings": {"Codec": "AAC", "AacSettings": AAC}}],
}


class ProbeError(Exception): ...


@dataclass
class Probe:
    width: int
    height: int
    seconds: float
    has_audio: bool = True

    @classmethod
    def of(cls, raw: dict) -> Probe:
        video = next((s for s in raw["streams"] if s["type"] == "video"), None)
        if video is None:
            raise ProbeError("no video stream")
        return cls(
            video["width"], video["height"], float(raw["duration"]), any(s["type"] == "audio" for s in raw["streams"])
        )


def probe(uri: str) -> Probe:
    answer = lam.invoke(FunctionName="probe", Payload=json.dumps({"uri": uri}))
    payload = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise ProbeError(payload.get("errorMessage", "unknown"))
    return Probe.of(payload)


def output(height: int, bitrate: int, info: Probe) -> dict:
    made = copy.deepcopy(BASE)
    width = info.width * height // info.height
    made["VideoDescription"]["Width"] = width - width % 2
    made["VideoDescription"]["Height"] = height
    made["VideoDescription"]["CodecSettings"]["H264Settings"]["MaxBitrate"] = bitrate
    if not info.has_audio:
        del made["AudioDescriptions"]
    made["NameModifier"] = f"_{height}p"
    return made


@workflow
def transcode(uri: str, target: str) -> dict:
    info = probe(uri)
    rungs = [(h, b) for h, b in LADDER if h <= info.height] or [LADDER[-1]]
    stem = uri.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    job = mc.create_job(
        Role=ROLE,
        UserMetadata={"source": uri, "rungs": ",".join(str(h) for h, _ in rungs)},
        Settings={
            "Inputs": [{"FileInput": uri, "AudioSelectors": {"Audio Selector 1": {"DefaultSelection": "DEFAULT"}}}],
            "OutputGroups": [
                {
                    "Name": "Files",
                    "OutputGroupSettings": {
                        "Type": "FILE_GROUP_SETTINGS",
                        "FileGroupSettings": {"Destination": f"{target.rstrip('/')}/{stem}"},
                    },
                    "Outputs": [output(h, b, info) for h, b in rungs],
                }
            ],
        },
    )["Job"]
    while job["Status"] not in ("COMPLETE", "CANCELED", "ERROR"):
        time.sleep(20)
        job = mc.get_job(Id=job["Id"])["Job"]
    if job["Status"] != "COMPLETE":
        raise RuntimeError(f"{job['Id']}: {job.get('ErrorCode', '?')} {job.get('ErrorMessage', '')}".strip())
    return {"id": job["Id"], "minutes": round(info.seconds / 60, 1), "files": [f"{stem}_{h}p.mp4" for h, _ in rungs]}
