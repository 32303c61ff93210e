import * as z from 'zod';
import { whyNotIncluded } from './includes.ts';
import type { CloudFormationTemplate } from '../diff/templates.ts';

/** Where the template says it. lib/service/service-stack.ts writes it. */
const KEY = 'WeeloMessages';

const Schemas = z.record(z.string(), z.record(z.string(), z.unknown()));
const Queues = z.record(z.string(), z.object({ known: Schemas, sent: Schemas }));
type Queues = z.output<typeof Queues>;

/**
 * Why a release cannot follow the one that is deployed. While it goes live, the functions of both send messages, and
 * either's consumer may get them. A first deployment has nothing to be compared with.
 */
export function whyNotDeployable(
  deployed: CloudFormationTemplate,
  next: CloudFormationTemplate,
): readonly string[] {
  const now = messagesOf(next);
  if (!now || Object.keys(deployed.Resources ?? {}).length === 0) return [];
  const before = messagesOf(deployed);
  if (!before) return ['The deployed release does not say which messages it understands.'];
  return [
    ...misunderstood({ sender: now, consumer: before, who: 'the deployed release' }),
    ...misunderstood({ sender: before, consumer: now, who: 'this release' }),
  ];
}

interface Pair {
  readonly sender: Queues;
  readonly consumer: Queues;
  /** The consumer, in words. */
  readonly who: string;
}

function misunderstood({ sender, consumer, who }: Pair): readonly string[] {
  return Object.entries(sender).flatMap(([queue, { sent }]) => {
    const known = consumer[queue]?.known ?? {};
    return Object.entries(sent).flatMap(([message, schema]) => {
      const understood = Object.hasOwn(known, message) ? known[message] : undefined;
      const why = understood ? whyNotIncluded(schema, understood) : 'nobody has heard of it';
      return why === undefined
        ? []
        : [`${queue}, ${message}: ${who} may not understand it: ${why}.`];
    });
  });
}

function messagesOf({ Metadata }: CloudFormationTemplate): Queues | undefined {
  return z.object({ [KEY]: Queues }).safeParse(Metadata).data?.[KEY];
}
