import { randomInt } from 'node:crypto';
import { verifyLoginCode } from '../../src/contract/http/auth/routes.ts';
import { openLoginCodeStore } from '../../src/identity/codes/login-code-store.ts';
import { digestOf, loginSubject, newCode } from '../../src/identity/codes/login-code.ts';
import { prepareSession } from '../../src/identity/sessions/open-session.ts';
import { openSessionMirror } from '../../src/identity/sessions/session-mirror.ts';
import { logIn } from '../../src/identity/sessions/session-store.ts';
import { timeOrderedIds as ids } from '../../src/platform/ids.ts';
import { bareSignatures } from './bare-signatures.ts';
import { asksPostgres, asksRedis } from './bare-questions.ts';
import type { AskedRedis, RedisQuestion, SqlQuestion } from './bare-questions.ts';
import { eventFor, type WarmAuth } from './warm-auth.ts';

const role = 'customer';
const month = 30 * 86_400_000;

interface Login {
  readonly event: unknown;
  readonly attempt: readonly RedisQuestion[];
  readonly logIn: SqlQuestion;
  readonly mirror: readonly RedisQuestion[];
}

/** Both sides log in somebody else each time, with a code that waits for them already. */
export function verifyOtpSides({
  nextAccount,
  readCodeKeys,
  call,
  askRedis,
  askPostgres,
}: WarmAuth) {
  const bare = bareSignatures();

  const prepare = async (): Promise<Login> => {
    const { id, phone } = nextAccount();
    const subject = loginSubject(phone, role);
    const otp = newCode(randomInt);
    const digest = digestOf((await readCodeKeys()).codes, subject, otp);
    const storeOf = (redis: AskedRedis) => openLoginCodeStore({ redis, limitsLifted: false });
    const reserve = await asksRedis((redis) => storeOf(redis).reserve(subject, digest, ids.next()));
    await Promise.all(reserve.map(askRedis));

    const session = prepareSession({}, ids);
    const mirrored = { sessionId: session.id, userId: id, role, deviceId: null } as const;
    const endsAt = new Date(Date.now() + month);
    const body = JSON.stringify({ phone, otp, role });
    return {
      event: eventFor('POST', verifyLoginCode.path, {
        headers: { 'content-type': 'application/json' },
        body,
      }),
      attempt: await asksRedis((redis) => storeOf(redis).attempt(subject, digest, ids.next())),
      logIn: await asksPostgres((db) => logIn(db, { newId: ids.next(), phone, role }, session)),
      mirror: await asksRedis((redis) =>
        openSessionMirror(redis).keep(mirrored, session.refreshHash, endsAt),
      ),
    };
  };

  return {
    what: 'POST verify-otp, an account of 20,000',
    prepare,
    ours: ({ event }: Login) => call(event),
    floor: async ({ attempt, logIn: opens, mirror }: Login) => {
      const [answer] = await Promise.all(attempt.map(askRedis));
      if (!Array.isArray(answer) || answer[0] !== 'right') throw new Error('No code was waiting');
      if ((await askPostgres(opens)) !== 1) throw new Error('No session was opened');
      const kept = mirror.map(askRedis);
      bare.sign();
      await Promise.all(kept);
    },
  };
}
