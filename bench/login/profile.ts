import { getProfile } from '../../src/contract/http/profile/routes.ts';
import { callsPerUser } from '../../src/contract/http/route.ts';
import { userById } from '../../src/identity/accounts/account-store.ts';
import { countInRedis } from '../../src/platform/rate-limit.ts';
import { bareSignatures } from './bare-signatures.ts';
import { asksPostgres, asksRedis, type RedisQuestion, type SqlQuestion } from './bare-questions.ts';
import { eventFor, there, type WarmAuth } from './warm-auth.ts';

/** Enough of them that none is refused for calling too often. */
const callers = 40;

interface Visit {
  readonly event: unknown;
  readonly count: readonly RedisQuestion[];
  readonly user: SqlQuestion;
}

/** Both sides ask for the profiles of a few accounts in turn, whose sessions the function has seen. */
export async function profileSides({
  nextAccount,
  tokenOf,
  call,
  askRedis,
  askPostgres,
}: WarmAuth) {
  const visits: Visit[] = [];
  while (visits.length < callers) {
    const { id } = nextAccount();
    const headers = { authorization: `Bearer ${await tokenOf(id)}` };
    const key = `rate:{${id}}:${getProfile.id}`;
    const overall = { ...callsPerUser, key: `rate:{${id}}:all` };
    const visit = {
      event: eventFor('GET', getProfile.path, { headers }),
      count: await asksRedis((redis) => countInRedis(redis)(key, getProfile.rateLimit, overall)),
      user: await asksPostgres((db) => userById(db, id)),
    };
    visits.push(visit);
  }
  const bare = bareSignatures();
  let turns = 0;

  return {
    what: 'GET profile, of a session seen before',
    prepare: () => Promise.resolve(there(visits[turns++ % callers])),
    ours: ({ event }: Visit) => call(event),
    floor: async ({ count, user }: Visit) => {
      bare.verify();
      await Promise.all(count.map(askRedis));
      if ((await askPostgres(user)) !== 1) throw new Error('The account is not there');
    },
  };
}
