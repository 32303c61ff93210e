import * as z from 'zod';
import { roles } from '../../contract/wire.ts';
import { logger } from '../../platform/logs/observability.ts';
import type { RedisConnection } from '../../platform/redis/redis.ts';

const Mirrored = z.object({
  sessionId: z.string(),
  userId: z.string(),
  role: z.enum(roles),
  deviceId: z.string().nullable(),
});

type MirroredSession = z.output<typeof Mirrored>;

/** A record expires with its session. A record without an end does not count: its tokens would have no end either. */
const Found = z.tuple([z.string(), z.int().positive()]);

/**
 * Sessions by their refresh tokens, in Redis. It is only read while PostgreSQL is away, so that users stay logged in.
 * The caller must also check whether the session was ended.
 */
export interface SessionMirror {
  keep(session: MirroredSession, refreshHash: string, expiresAt: Date): Promise<void>;
  find(refreshHash: string): Promise<(MirroredSession & { readonly expiresAt: Date }) | undefined>;
  forget(sessions: readonly { userId: string; refreshHash: string | null }[]): Promise<void>;
}

const keep = `redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2])`;
const list = `
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('PEXPIREAT', KEYS[1], ARGV[2])
`;
const find = `return {redis.call('GET', KEYS[1]), redis.call('PEXPIRETIME', KEYS[1])}`;
const forget = `redis.call('DEL', KEYS[1])`;
const unlist = `redis.call('SREM', KEYS[1], unpack(ARGV))`;

const keyOf = (refreshHash: string) => `refresh:${refreshHash}`;
const listOf = (userId: string) => `user:tokens:${userId}`;

export function openSessionMirror(redis: Pick<RedisConnection, 'evaluate'>): SessionMirror {
  return {
    keep: async (session, refreshHash, expiresAt) => {
      const endsAt = expiresAt.getTime();
      await bestEffort([
        redis.evaluate(keep, [keyOf(refreshHash)], [JSON.stringify(session), endsAt]),
        redis.evaluate(list, [listOf(session.userId)], [refreshHash, endsAt]),
      ]);
    },
    find: async (refreshHash) => {
      const found = Found.safeParse(await redis.evaluate(find, [keyOf(refreshHash)], []));
      if (!found.success) return undefined;
      const [session, endsAt] = found.data;
      return { ...Mirrored.parse(JSON.parse(session)), expiresAt: new Date(endsAt) };
    },
    forget: async (sessions) => {
      const kept = sessions.flatMap(({ userId, refreshHash }) =>
        refreshHash === null ? [] : [{ userId, refreshHash }],
      );
      const byUser = Object.entries(Object.groupBy(kept, ({ userId }) => userId));
      await bestEffort([
        ...kept.map(({ refreshHash }) => redis.evaluate(forget, [keyOf(refreshHash)], [])),
        ...byUser.flatMap(([userId, theirs = []]) =>
          inChunks(theirs).map((some) =>
            redis.evaluate(
              unlist,
              [listOf(userId)],
              some.map(({ refreshHash }) => refreshHash),
            ),
          ),
        ),
      ]);
    },
  };
}

/** A script can take a few thousand arguments at most. */
function inChunks<T>(all: readonly T[]): readonly (readonly T[])[] {
  const size = 1000;
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
    all.slice(i * size, (i + 1) * size),
  );
}

/** A failed write only loses a copy: PostgreSQL has the session. */
async function bestEffort(writes: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(writes);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed)
    logger.warn('The mirror of sessions could not be written', { error: String(failed.reason) });
}
