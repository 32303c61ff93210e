import type { ReplyOf } from '../contract/http/route.ts';
import type { getReadiness } from '../contract/http/system/routes.ts';
import type { Clock } from './clock.ts';
import { logger } from './logs/observability.ts';

/** One cheap question for each part. It throws if the part does not answer. */
export interface Probes {
  readonly postgres: () => Promise<void>;
  readonly redis: () => Promise<void>;
  readonly dynamodb: () => Promise<void>;
  readonly sqs: () => Promise<void>;
}

type Answer = 'up' | 'down';

interface Health extends Readonly<Record<keyof Probes, Answer>> {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly timestamp: string;
}

/** Longer than any healthy part needs, and short enough for a monitor that calls us. */
const patienceMs = 2500;

export async function checkHealth(probes: Probes, clock: Clock): Promise<Health> {
  const [postgres, redis, dynamodb, sqs] = await Promise.all([
    answerOf('postgres', probes.postgres),
    answerOf('redis', probes.redis),
    answerOf('dynamodb', probes.dynamodb),
    answerOf('sqs', probes.sqs),
  ]);
  const parts = { postgres, redis, dynamodb, sqs };
  return { status: statusOf(parts), timestamp: clock.now().toISOString(), ...parts };
}

/** Redis is a mirror. Without it requests are still served, but slower, and no codes are sent. */
function statusOf({ redis, ...needed }: Record<keyof Probes, Answer>): Health['status'] {
  if (Object.values(needed).includes('down')) return 'unhealthy';
  return redis === 'up' ? 'healthy' : 'degraded';
}

async function answerOf(part: string, probe: () => Promise<void>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer in ${patienceMs} ms`)), patienceMs);
  });
  try {
    await Promise.race([probe(), silence]);
    return 'up';
  } catch (error) {
    logger.warn('A part is down', { part, error: String(error) });
    return 'down';
  } finally {
    clearTimeout(timer);
  }
}

/** A load balancer reads the status alone: 503 takes us out of service. */
export function healthReply(health: Health) {
  return { status: statusCodeOf(health), body: health };
}

export function readinessReply(health: Health): ReplyOf<typeof getReadiness> {
  const ready = health.status !== 'unhealthy';
  return { status: statusCodeOf(health), body: { status: ready ? 'ready' : 'unready' } };
}

function statusCodeOf({ status }: Health): 200 | 503 {
  return status === 'unhealthy' ? 503 : 200;
}
