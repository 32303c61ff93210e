import * as z from 'zod';
import type { Fault, FaultError, Faults, FaultyCall } from '../protocol/played-service.ts';
import { isFaultyService, serviceFaults, type FaultyService } from './service-faults.ts';

export const FaultService = z.string().refine(isFaultyService, {
  error: `service must be one of ${Object.keys(serviceFaults).join(', ')}`,
});

const meantFor = {
  service: FaultService,
  /** One operation alone, such as `SendMessage`. Default: all of the service's. */
  action: z.string().min(1).max(100).optional(),
  /** How many calls it spoils. Default: all of them, until it is cleared. */
  times: z.int().min(1).max(1_000_000).optional(),
};

/** A fault as it is asked for. */
export const FaultWish = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('fail'),
      ...meantFor,
      /** Default: as the service itself fails. */
      status: z.int().min(400).max(599).optional(),
      code: z
        .string()
        .regex(/^[\w.-]{1,100}$/, 'code must be letters, digits, points, - and _')
        .optional(),
      message: z.string().max(1_000).optional(),
    }),
    z.strictObject({ kind: z.literal('throttle'), ...meantFor }),
    z.strictObject({ kind: z.literal('slow'), ...meantFor, ms: z.int().min(1).max(60_000) }),
  ],
  { error: 'kind must be one of fail, slow, throttle' },
);
export type FaultWish = z.output<typeof FaultWish>;

export interface FaultBoard extends Faults {
  /** Takes the place of an earlier one of this kind for the same service and action. */
  readonly set: (wish: FaultWish) => void;
  /** In the order they were set; `times` is what is left of it. */
  readonly list: () => readonly FaultWish[];
  readonly clear: (which?: { readonly service?: string; readonly action?: string }) => number;
}

/** Services times actions times kinds is bounded only by what callers name: more is a mistake. */
const MOST = 200;

/** What is to go wrong with the services, so that tests of faults go through the same door as all else. */
export function makeFaultBoard(): FaultBoard {
  const wishes = new Map<string, FaultWish>();
  const keyOf = ({ service, action, kind }: FaultWish) => `${service} ${action ?? '*'} ${kind}`;

  const spend = (wish: FaultWish) => {
    if (wish.times === undefined) return;
    if (wish.times > 1) wishes.set(keyOf(wish), { ...wish, times: wish.times - 1 });
    else wishes.delete(keyOf(wish));
  };

  return {
    set(wish) {
      const key = keyOf(wish);
      if (wishes.size >= MOST && !wishes.has(key)) {
        throw new RangeError(`There are ${MOST} faults already: clear some first.`);
      }
      wishes.set(key, wish);
    },
    list: () => [...wishes.values()],
    clear({ service, action } = {}) {
      const gone = [...wishes].filter(
        ([, wish]) =>
          (service === undefined || wish.service === service) &&
          (action === undefined || wish.action === action),
      );
      for (const [key] of gone) wishes.delete(key);
      return gone.length;
    },
    before(call) {
      const slow = firstFor(call, [...wishes.values()], ['slow']);
      const failing = firstFor(call, [...wishes.values()], ['fail', 'throttle']);
      for (const wish of [slow, failing]) if (wish) spend(wish);
      return Promise.resolve(faultOf(slow, failing));
    },
  };
}

/** What is meant for the action alone comes before what is meant for the whole service. */
function firstFor(
  { service, action }: FaultyCall,
  wishes: readonly FaultWish[],
  kinds: readonly FaultWish['kind'][],
): FaultWish | undefined {
  const mine = wishes.filter((wish) => wish.service === service && kinds.includes(wish.kind));
  return (
    mine.find((wish) => wish.action !== undefined && wish.action === action) ??
    mine.find((wish) => wish.action === undefined)
  );
}

function faultOf(slow: FaultWish | undefined, failing: FaultWish | undefined): Fault | undefined {
  if (!slow && !failing) return undefined;
  return {
    ...(slow?.kind === 'slow' && { delayMs: slow.ms }),
    ...(failing && { error: errorOf(failing) }),
  };
}

function errorOf(wish: FaultWish): FaultError {
  const own: Record<'failure' | 'throttling', FaultError> =
    serviceFaults[wish.service satisfies FaultyService];
  if (wish.kind !== 'fail') return own.throttling;
  return {
    status: wish.status ?? own.failure.status,
    code: wish.code ?? own.failure.code,
    message: wish.message ?? own.failure.message,
  };
}
