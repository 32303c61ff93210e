/** One environment's whole life up to its first answer: load the handler, call it, say what it took. */
const { resolve } = require('node:path');

const [, , file, exported, event] = process.argv;
const endsAt = Date.now() + 30_000;
const context = {
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:ap-south-1:000000000000:function:bench',
  memoryLimitInMB: '1024',
  awsRequestId: 'bench-request',
  logGroupName: 'bench',
  logStreamName: 'bench',
  getRemainingTimeInMillis: () => endsAt - Date.now(),
};

async function call() {
  const { [exported]: handler } = require(resolve(file));
  return handler(JSON.parse(event), context);
}

void call()
  .then((answer) => ({ answer: answer ?? null }))
  .catch((error) => ({ error: String(error) }))
  .then((outcome) => {
    const { user, system } = process.cpuUsage();
    const line = JSON.stringify({ ...outcome, cpu: (user + system) / 1000 });
    // On a channel of its own: the handler's log goes to standard output.
    require('node:fs').writeSync(3, line);
    process.exit();
  });
