// Runs a definition in the JSONPath dialect with given answers, and prints how it ended and what it took.
//
// Reads one JSON object from standard input: {definition, input, context, answers}. `answers` maps the resource of a Task state (for
// Lambda: "lambda " and the function's name) to a list of {value} or {error, cause}; the last one holds for all later calls.
// Prints {status, output, error, transitions, lambdas, calls}; a transition is a state entered or tried again, as AWS bills them.

// The interpreter is made for Node.js 22, which has this.
Promise.withResolvers ??= function () {
  let resolve, reject;
  const promise = new Promise((accept, refuse) => { resolve = accept; reject = refuse; });
  return { promise, resolve, reject };
};

class AwsError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

function* statesOf(scope) {
  for (const [name, state] of Object.entries(scope.States)) {
    yield [name, state];
    for (const inner of [...(state.Branches ?? []), state.ItemProcessor, state.Iterator]) {
      if (inner) yield* statesOf(inner);
    }
  }
}

// AWS takes bare words in filters, `[?(@.Name==Receipt)]`; the interpreter wants them quoted.
function quoted(text) {
  return text.replace(/\[\?\(([^)]*)\)\]/g, (_, test) => `[?(${test.replace(/==\s*([A-Za-z_]+)\s*$/, "=='$1'")})]`);
}

async function read(stream) {
  let text = "";
  for await (const part of stream) text += part;
  return JSON.parse(text);
}

const { StateMachine } = await import("aws-local-stepfunctions");
const { definition: written, input, context, answers } = await read(process.stdin);
const definition = JSON.parse(quoted(JSON.stringify(written)));
const calls = [];
const counts = {};

function answer(resource, given) {
  const key = /lambda:invoke/.test(resource) ? `lambda ${given?.FunctionName}` : resource;
  calls.push(key);
  const known = answers[key];
  if (known === undefined) throw new AwsError("NoAnswer", `there is no answer of ${key}`);
  const index = counts[key] ?? 0;
  counts[key] = index + 1;
  const next = known[Math.min(index, known.length - 1)];
  if (next.error !== undefined) throw new AwsError(next.error, next.cause ?? "");
  return structuredClone(next.value);
}

// "$" is what AWS takes where there is no `ResultPath`; the interpreter looks for a member of this name.
for (const [, state] of statesOf(definition)) {
  for (const place of [state, ...(state.Catch ?? [])]) {
    if (place.ResultPath === "$") delete place.ResultPath;
  }
}

const overrides = { taskResourceLocalHandlers: {}, waitTimeOverrides: {}, retryIntervalOverrides: {} };
for (const [name, state] of statesOf(definition)) {
  if (state.Type === "Task") {
    const resource = state.Resource.replace(/^arn:[^:]*:states:[^:]*:[^:]*:/, "");
    overrides.taskResourceLocalHandlers[name] = async (given) => answer(resource, given);
  }
  if (state.Type === "Wait") overrides.waitTimeOverrides[name] = 0;
  if (state.Retry) overrides.retryIntervalOverrides[name] = 0;
}

const machine = new StateMachine(definition, { validationOptions: { noValidate: true } });
const execution = machine.run(input, { overrides, context });
let transitions = 0;
const watched = (async () => {
  for await (const event of execution.eventLogs) {
    if (event.type === "StateEntered" || event.type === "StateRetried") transitions += 1;
  }
})();
const made = { status: "SUCCEEDED", output: null, error: null };
try {
  made.output = await execution.result;
} catch (failure) {
  made.status = "FAILED";
  made.error = failure.cause?.name ?? failure.name;
}
await watched;
const lambdas = calls.filter((key) => key.startsWith("lambda ")).length;
console.log(JSON.stringify({ ...made, transitions, lambdas, calls }));
