/** Runs an operator's command: `npm run operate -- <stage> <command> ['<input as JSON>']`. */
import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import * as z from 'zod';

const usage = `npm run operate -- <stage> <command> ['<input as JSON>']
  npm run operate -- prod help
  npm run operate -- prod end-sessions '{"phone":"9876543210","role":"driver"}'
  npm run operate -- local help        what npm start runs on this machine (WEELO_URL, if not on port 3000)`;

const region = 'ap-south-1';
const Status = z.object({
  parts: z.array(z.object({ name: z.string(), address: z.string().optional() })),
});
const Failure = z.object({ errorMessage: z.string() });

/** AWS by the credentials of whoever runs this, or the local cloud. */
async function placeOf(stage: string): Promise<LambdaClientConfig> {
  if (stage !== 'local') return { region };
  const origin = process.env['WEELO_URL'] ?? 'http://127.0.0.1:3000';
  const answer = await fetch(`${origin}/_dev/status`).catch(() => undefined);
  if (!answer) throw new Error(`Nothing answers at ${origin}: run "npm start" first.`);
  const { parts } = Status.parse(await answer.json());
  const endpoint = parts.find(({ name }) => name === 'aws endpoint')?.address;
  if (endpoint === undefined) throw new Error(`${origin} is no local cloud.`);
  return { region, endpoint, credentials: { accessKeyId: 'operator', secretAccessKey: 'any' } };
}

async function operate(stage: string, command: string, input: string): Promise<void> {
  const { FunctionError, Payload } = await new LambdaClient(await placeOf(stage)).send(
    new InvokeCommand({
      FunctionName: `weelo-${stage}-operate`,
      Payload: JSON.stringify({ command, input: JSON.parse(input) as unknown }),
    }),
  );
  const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString());
  if (FunctionError !== undefined) throw new Error(Failure.parse(answer).errorMessage);
  console.log(JSON.stringify(answer, undefined, 2));
}

const [stage, command, input = '{}'] = process.argv.slice(2);
try {
  if (stage === undefined || command === undefined) throw new Error(usage);
  await operate(stage, command, input);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
