import { sendLoginCode, logOut, verifyLoginCode } from '../contract/http/auth/routes.ts';
import { getVehiclePricing } from '../contract/http/catalogue/routes.ts';
import {
  cancelOrder,
  checkActiveOrder,
  getOrder,
  placeOrder,
} from '../contract/http/orders/routes.ts';
import type { TakeTestCode } from '../messaging/sms/test-codes.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import { Refused, type CallApi } from './call-api.ts';
import { haul, orderAtSea } from './order-at-sea.ts';

export interface WalkDeps {
  readonly call: CallApi;
  readonly takeCode: TakeTestCode;
  readonly pause: (milliseconds: number) => Promise<unknown>;
  readonly ids: Ids;
  readonly clock: Clock;
  /** Hears of each step that was taken. */
  readonly onStep: (step: StepName, milliseconds: number) => void;
}

/** The steps of a walk, in their order. */
export type StepName =
  | 'send-otp'
  | 'code'
  | 'verify-otp'
  | 'clear'
  | 'price'
  | 'place'
  | 'read'
  | 'cancel'
  | 'log-out';

/** A walk ended before its time. Its cause says why. */
export class WalkBroken extends Error {
  readonly step: StepName;

  constructor(step: StepName, cause: unknown) {
    super(`The walk broke off at ${step}: ${String(cause)}`, { cause });
    this.name = 'WalkBroken';
    this.step = step;
  }
}

/**
 * Walks the way of a customer, from login to a cancelled order, by a test number. The order lies at sea, where nobody is
 * offered it. An order that an earlier walk left behind is cancelled first.
 */
export async function walk(phone: string, deps: WalkDeps): Promise<void> {
  const { call, ids } = deps;
  const step = stepsOf(deps);
  const who = { phone, role: 'customer' } as const;

  // What an earlier walk left there is not taken for the code of this one.
  await step('send-otp', async () => {
    await deps.takeCode(phone);
    await sendCode(who, deps);
  });
  const otp = await step('code', () => codeFor(phone, deps));
  const { tokens } = await step('verify-otp', () =>
    call(verifyLoginCode, verifyLoginCode.responses[200], { body: { ...who, otp } }),
  );
  const token = tokens.accessToken;
  await step('clear', () => clear(token, call));

  const { pricing } = await step('price', () =>
    call(getVehiclePricing, getVehiclePricing.responses[200], { query: haul }),
  );
  const placed = await step('place', () =>
    call(placeOrder, placeOrder.responses[201], {
      token,
      idempotencyKey: ids.next(),
      body: orderAtSea(pricing.pricePerTruck),
    }),
  );
  const params = { id: placed.order.id };
  await step('read', async () => {
    const { order } = await call(getOrder, getOrder.responses[200], { token, params });
    expectStatus('broadcasting', order.status);
  });
  await step('cancel', () => cancel(params.id, token, call));
  await step('log-out', () => call(logOut, logOut.responses[200], { token, query: {} }));
}

function stepsOf({ clock, onStep }: WalkDeps) {
  return async <T>(name: StepName, take: () => Promise<T>): Promise<T> => {
    const begun = clock.now().getTime();
    try {
      const taken = await take();
      onStep(name, clock.now().getTime() - begun);
      return taken;
    } catch (error) {
      throw new WalkBroken(name, error);
    }
  };
}

/** Between two codes to one number there must be half a minute. A walk right after another waits for that. */
async function sendCode(
  body: { readonly phone: string; readonly role: 'customer' },
  { call, pause }: WalkDeps,
): Promise<void> {
  const send = () => call(sendLoginCode, sendLoginCode.responses[200], { body });
  await send().catch(async (error: unknown) => {
    if (!(error instanceof Refused) || error.code !== 'OTP_COOLDOWN') throw error;
    await pause(error.retryAfterMs ?? 0);
    return send();
  });
}

const lookEveryMs = 250;
/** The queue and notify are slow if it takes longer: a person would ask for another code. */
const codeWithinMs = 20_000;

async function codeFor(phone: string, { takeCode, pause, clock }: WalkDeps): Promise<string> {
  const until = clock.now().getTime() + codeWithinMs;
  for (;;) {
    const code = await takeCode(phone);
    if (code !== undefined) return code;
    if (clock.now().getTime() >= until) throw new Error('No code came within 20 seconds');
    await pause(lookEveryMs);
  }
}

async function clear(token: string, call: CallApi): Promise<void> {
  const { activeOrder } = await call(checkActiveOrder, checkActiveOrder.responses[200], { token });
  if (activeOrder) await cancel(activeOrder.orderId, token, call);
}

async function cancel(id: string, token: string, call: CallApi): Promise<void> {
  const { status } = await call(cancelOrder, cancelOrder.responses[200], {
    token,
    params: { id },
    body: { reason: 'A walk ends here' },
  });
  expectStatus('cancelled', status);
}

function expectStatus(expected: string, found: string): void {
  if (found !== expected) throw new Error(`The order is ${found}, not ${expected}`);
}
