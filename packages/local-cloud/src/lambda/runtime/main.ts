import type { Context } from 'aws-lambda';
import type { Collection, FunctionError, Invocation, Report, Setup } from '../messages.ts';
import { tameConsole } from './console.ts';
import { endOfOutput } from '../end-of-output.ts';
import { contextOf } from './context.ts';
import { keptMemory } from './kept-memory.ts';
import { loadHandler, type Handler } from './load-handler.ts';
import { guardNetwork } from './network.ts';

/**
 * What runs in an environment's process, as AWS' own runtime does in theirs: it loads the handler, then
 * works off one event after the other. Bundled to plain JavaScript, with no dependency that a function
 * could find instead of its own.
 */
let handler: Handler | undefined;
let current: string | undefined;

const send = process.send?.bind(process);
const printers = [process.stdout, process.stderr].map((each) => each.write.bind(each));
// In Lambda a function has no such thing, and here it is the runtime's alone. `process.channel` stays:
// Node.js reads it itself, and nothing can be said through it.
Reflect.deleteProperty(process, 'send');

// Whoever started us is gone: nobody is left to answer to.
process.on('disconnect', () => process.exit());
process.on('message', (message: Setup | Invocation | Collection) => {
  if (message.type === 'setup') void setUp(message);
  else if (message.type === 'invoke') void invoke(message);
  else report({ type: 'kept', bytes: keptMemory() });
});
process.on('uncaughtException', (error) => endWith(describe(error), 129));
process.on('unhandledRejection', (reason) => {
  const { errorMessage, trace } = describe(reason);
  endWith({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage, trace }, 128);
});

async function setUp(setup: Setup): Promise<void> {
  tameConsole(() => current);
  guardNetwork(setup.functionName, setup.network);
  try {
    handler = await loadHandler(setup.taskRoot, setup.handler);
    report({ type: 'ready' });
  } catch (error) {
    report({ type: 'init-error', error: describe(error) }, () => process.exit(1));
  }
}

async function invoke(invocation: Invocation): Promise<void> {
  const { requestId } = invocation;
  current = requestId;
  try {
    const context: Context = contextOf(invocation);
    const event: unknown = JSON.parse(invocation.event);
    const result: unknown = await handler?.(event, context);
    const payload = JSON.stringify(result) ?? 'null';
    answer({ type: 'result', requestId, payload });
  } catch (error) {
    answer({ type: 'error', requestId, error: describe(error) });
  }
  current = undefined;
}

/** Its output ends before it is answered: the next request may begin at once. */
function answer(message: Report): void {
  for (const print of printers) print(`${endOfOutput}\n`);
  report(message);
}

function endWith(error: FunctionError, code: number): void {
  report({ type: 'fatal', error }, () => process.exit(code));
}

function report(message: Report, then?: () => void): void {
  send?.(message, undefined, undefined, () => then?.());
}

function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  return {
    errorType: error.name,
    errorMessage: error.message,
    trace: (error.stack ?? '').split('\n'),
  };
}
