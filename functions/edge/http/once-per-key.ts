import * as z from 'zod';
import { AppError, errorCodes, type ErrorCode } from '../../../src/contract/errors.ts';
import { idempotencyKeyPattern } from '../../../src/contract/wire.ts';
import type { Remember } from '../../../src/platform/once/idempotency.ts';
import { inputOf, routeOf, type Reply } from './call.ts';
import type { Run } from './run.ts';

const Key = z.string().regex(idempotencyKeyPattern);

const Facts = z.object({
  details: z.array(z.object({ path: z.string(), message: z.string() })).exactOptional(),
  retryAfterMs: z.number().exactOptional(),
  data: z.record(z.string(), z.unknown()).exactOptional(),
});

/** A final outcome: every repetition of the request gets it again. */
const Outcome = z.union([
  z.object({ reply: z.object({ status: z.number(), body: z.unknown() }) }),
  z.object({ refusal: z.object({ code: z.enum(errorCodes), facts: Facts }) }),
]);

/** A request with a key is done once. Repetitions get the first answer, and are not counted as calls. */
export function oncePerKey(remember: Remember | undefined, run: Run): Run {
  return async (call, event, context) => {
    const { id, idempotency } = routeOf(call);
    const sent = event.headers['x-idempotency-key'];
    if (!idempotency || (idempotency === 'honoured' && sent === undefined)) {
      return run(call, event, context);
    }
    const key = Key.safeParse(sent);
    if (!key.success) throw new AppError('MISSING_IDEMPOTENCY_KEY');
    if (!remember) throw new Error(`${id} is idempotent, but its function remembers nothing`);

    call.idempotencyKey = key.data;
    const { params, body } = inputOf(call);
    const { outcome, replayed } = await remember(
      {
        operation: id,
        userId: call.caller?.userId ?? 'anyone',
        key: key.data,
        payload: { params, body },
      },
      async () => JSON.stringify(await terminal(run(call, event, context))),
      context,
    );
    if (replayed) call.responseHeaders['idempotent-replayed'] = 'true';
    return told(Outcome.parse(JSON.parse(outcome)));
  };
}

/**
 * Refusals whose status says that the request is wrong, though the same request may succeed later. A key that is known
 * elsewhere with another body says nothing of the body that it belongs to. A vehicle or a driver that is busy may be
 * free again.
 */
const passing: ReadonlySet<ErrorCode> = new Set(['IDEMPOTENCY_CONFLICT', 'CONFIRM_FAILED']);

/**
 * A refusal that depends only on the request is as final as a success. One that depends on the moment (409, 429, 5xx)
 * is thrown on: then its record is deleted, and the client can try again.
 */
async function terminal(running: Promise<Reply>): Promise<z.input<typeof Outcome>> {
  try {
    return { reply: await running };
  } catch (error) {
    const final =
      error instanceof AppError &&
      !passing.has(error.code) &&
      (error.status === 400 || error.status === 422);
    if (!final) throw error;
    return { refusal: { code: error.code, facts: error.facts } };
  }
}

function told(outcome: z.output<typeof Outcome>): Reply {
  if ('reply' in outcome) return outcome.reply;
  throw new AppError(outcome.refusal.code, outcome.refusal.facts);
}
