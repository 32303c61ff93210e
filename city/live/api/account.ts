import * as z from 'zod';
import { Refusal, type Api, type Asked } from './api.ts';
import type { Mailbox } from './mailbox.ts';
import type { SessionBook } from './session-book.ts';

type Role = 'customer' | 'transporter' | 'driver';

/** What everybody in the city shares. */
export interface Town {
  readonly api: Api;
  readonly mailbox: Mailbox;
  readonly sessions: SessionBook;
}

const Tokens = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresIn: z.number(),
});
type Tokens = z.output<typeof Tokens>;
const LoggedIn = z.object({ user: z.object({ id: z.string() }), tokens: Tokens });
const DriverLoggedIn = Tokens.extend({ driver: z.object({ id: z.string() }) });
const Anything = z.unknown();

/** An access token is renewed so long before its end. */
const marginMs = 120_000;

/** Somebody with an app, who is logged in, and stays so. */
export class Account {
  readonly userId: string;
  readonly #api: Api;
  #tokens: Tokens;
  #validUntil = 0;
  #renewing: Promise<void> | undefined;

  constructor(api: Api, userId: string, tokens: Tokens) {
    this.#api = api;
    this.userId = userId;
    this.#tokens = tokens;
    this.#take(tokens);
  }

  async ask<S extends z.ZodType>(asked: Asked, data: S): Promise<z.output<S>> {
    const token = await this.token();
    try {
      return await this.#api.ask({ ...asked, token }, data);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 401) throw error;
      await this.#renew();
      return this.#api.ask({ ...asked, token: this.#tokens.accessToken }, data);
    }
  }

  /** What one does not wait for an answer about. */
  async tell(asked: Asked): Promise<void> {
    await this.ask(asked, Anything);
  }

  async token(): Promise<string> {
    if (Date.now() > this.#validUntil - marginMs) await this.#renew();
    return this.#tokens.accessToken;
  }

  #renew(): Promise<void> {
    this.#renewing ??= refreshed(this.#api, this.#tokens.refreshToken)
      .then((tokens) => this.#take(tokens))
      .finally(() => {
        this.#renewing = undefined;
      });
    return this.#renewing;
  }

  #take(tokens: Tokens): void {
    this.#tokens = tokens;
    this.#validUntil = Date.now() + tokens.expiresIn * 1000;
  }
}

const refreshed = (api: Api, refreshToken: string): Promise<Tokens> =>
  api.ask({ method: 'POST', path: '/api/v1/auth/refresh', body: { refreshToken } }, Tokens);

/** Logs in with the session of an earlier start, or with a code. */
export function logIn(
  { api, mailbox, sessions }: Town,
  role: Exclude<Role, 'driver'>,
  phone: string,
): Promise<Account> {
  return oldOrNew({ api, sessions }, role, phone, async () => {
    const since = new Date();
    await api.ask(
      { method: 'POST', path: '/api/v1/auth/send-otp', body: { phone, role } },
      Anything,
    );
    const otp = await mailbox.code(phone, 'login code.', since);
    const body = { phone, role, otp };
    const verify = { method: 'POST', path: '/api/v1/auth/verify-otp', body } as const;
    const { user, tokens } = await api.ask(verify, LoggedIn);
    return { userId: user.id, tokens };
  });
}

/** A driver's code goes to the transporter. It names the driver by the end of the phone number. */
export function logInDriver(
  { api, mailbox, sessions }: Town,
  driverPhone: string,
  transporterPhone: string,
): Promise<Account> {
  return oldOrNew({ api, sessions }, 'driver', driverPhone, async () => {
    const since = new Date();
    const body = { driverPhone };
    await api.ask({ method: 'POST', path: '/api/v1/driver-auth/send-otp', body }, Anything);
    const otp = await mailbox.code(transporterPhone, `xxxxxx${driverPhone.slice(-4)}`, since);
    const verify = { method: 'POST', path: '/api/v1/driver-auth/verify-otp' } as const;
    const { driver, ...tokens } = await api.ask(
      { ...verify, body: { driverPhone, otp } },
      DriverLoggedIn,
    );
    return { userId: driver.id, tokens };
  });
}

async function oldOrNew(
  { api, sessions }: Pick<Town, 'api' | 'sessions'>,
  role: Role,
  phone: string,
  anew: () => Promise<{ readonly userId: string; readonly tokens: Tokens }>,
): Promise<Account> {
  const kept = sessions.get(role, phone);
  if (kept) {
    const tokens = await refreshed(api, kept.refreshToken).catch(unlessEnded);
    if (tokens) return new Account(api, kept.userId, tokens);
  }
  const { userId, tokens } = await anew();
  sessions.keep(role, phone, { userId, refreshToken: tokens.refreshToken });
  return new Account(api, userId, tokens);
}

function unlessEnded(error: unknown): undefined {
  if (error instanceof Refusal && error.status === 401) return undefined;
  throw error;
}
