import { search } from '@aws-lambda-powertools/jmespath';
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import {
  DeleteFunctionConcurrencyCommand,
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { DescribeDBClustersCommand, RDSClient, RebootDBInstanceCommand } from '@aws-sdk/client-rds';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

type Options = Readonly<Record<string, string>>;
type Call = (options: Options, rest: readonly string[]) => Promise<unknown>;

/**
 * AWS's command line, for exactly the commands that runbooks have here: each is the SDK's call of the same name, against
 * an endpoint. Options that a command does not take are refused, as they are there.
 */
export function awsCommands(endpoint: string) {
  const config = {
    endpoint,
    region: 'ap-south-1',
    credentials: { accessKeyId: 'operator', secretAccessKey: 'any' },
  };
  const lambda = new LambdaClient(config);
  const events = new EventBridgeClient(config);
  const rds = new RDSClient(config);
  const named = ({ 'function-name': FunctionName }: Options) => ({ FunctionName });
  const rule = ({ name: Name }: Options) => ({ Name });

  const known: Readonly<Record<string, readonly [options: readonly string[], Call]>> = {
    'lambda get-account-settings': [[], () => lambda.send(new GetAccountSettingsCommand({}))],
    'lambda get-function-concurrency': [
      ['function-name'],
      (options) => lambda.send(new GetFunctionConcurrencyCommand(named(options))),
    ],
    'lambda put-function-concurrency': [
      ['function-name', 'reserved-concurrent-executions'],
      (options) => {
        const ReservedConcurrentExecutions = Number(options['reserved-concurrent-executions']);
        const input = { ...named(options), ReservedConcurrentExecutions };
        return lambda.send(new PutFunctionConcurrencyCommand(input));
      },
    ],
    'lambda delete-function-concurrency': [
      ['function-name'],
      (options) => lambda.send(new DeleteFunctionConcurrencyCommand(named(options))),
    ],
    'lambda list-event-source-mappings': [
      ['function-name'],
      (options) => lambda.send(new ListEventSourceMappingsCommand(named(options))),
    ],
    'lambda update-event-source-mapping': [
      ['uuid', 'enabled', 'no-enabled'],
      ({ uuid: UUID, ...options }) =>
        lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: 'enabled' in options })),
    ],
    'events list-rules': [
      ['name-prefix'],
      ({ 'name-prefix': NamePrefix }) => events.send(new ListRulesCommand({ NamePrefix })),
    ],
    'events enable-rule': [
      ['name'],
      (options) => events.send(new EnableRuleCommand(rule(options))),
    ],
    'events disable-rule': [
      ['name'],
      (options) => events.send(new DisableRuleCommand(rule(options))),
    ],
    'rds describe-db-clusters': [[], () => rds.send(new DescribeDBClustersCommand({}))],
    'rds reboot-db-instance': [
      ['db-instance-identifier'],
      ({ 'db-instance-identifier': DBInstanceIdentifier }) =>
        rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier })),
    ],
    'cloudwatch get-metric-data': [
      ['start-time', 'end-time', 'metric-data-queries'],
      (options) => metricData(endpoint, options),
    ],
    'logs tail': [
      ['since', 'filter-pattern'],
      (options, [logGroupName = '']) => tail(endpoint, logGroupName, options),
    ],
  };

  return async (words: readonly string[]): Promise<unknown> => {
    const [service = '', operation = '', ...rest] = words;
    const found = known[`${service} ${operation}`];
    if (!found) throw new Error(`No runbook has had "aws ${service} ${operation}" until now`);
    const [allowed, call] = found;
    const { options, beside } = optionsIn(rest);
    const { query, output: _, ...own } = options;
    const unknown = Object.keys(own).filter((each) => !allowed.includes(each));
    if (unknown.length > 0) throw new Error(`Unknown options: --${unknown.join(', --')}`);
    const answer = await call(own, beside);
    const document = JSON.parse(JSON.stringify(answer ?? {})) as Parameters<typeof search>[1];
    return query === undefined ? document : search(withQuotes(query), document);
  };
}

/** Between backticks AWS's command line takes bare words for a text, too. */
function withQuotes(query: string): string {
  return query.replaceAll(/`([a-z][\w-]*)`/gi, '`"$1"`');
}

function optionsIn(words: readonly string[]) {
  const options: Record<string, string> = {};
  const beside: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const name = /^--(.+)$/.exec(words[index] ?? '')?.[1];
    if (name === undefined) beside.push(words[index] ?? '');
    else if (words[index + 1]?.startsWith('--') ?? true) options[name] = '';
    else options[name] = words[(index += 1)] ?? '';
  }
  return { options, beside };
}

/** A call in JSON, of a service whose SDK is not installed because one call is all. */
async function callInJson(
  endpoint: string,
  { service, target, version }: Readonly<Record<'service' | 'target' | 'version', string>>,
  input: object,
): Promise<unknown> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': `application/x-amz-json-${version}`,
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=operator/20200101/ap-south-1/${service}/aws4_request, SignedHeaders=host, Signature=none`,
    },
    body: JSON.stringify(input),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

const getMetricData = {
  service: 'monitoring',
  target: 'GraniteServiceVersion20100801.GetMetricData',
  version: '1.0',
};

function metricData(endpoint: string, options: Options): Promise<unknown> {
  return callInJson(endpoint, getMetricData, {
    StartTime: z.coerce.number().parse(options['start-time']),
    EndTime: z.coerce.number().parse(options['end-time']),
    MetricDataQueries: JSON.parse(options['metric-data-queries'] ?? ''),
  });
}

const filterLogEvents = {
  service: 'logs',
  target: 'Logs_20140328.FilterLogEvents',
  version: '1.1',
};
const Events = z.object({ events: z.array(z.object({ message: z.string() })) });

/** Lines that were just written may come a moment later, as there. */
async function tail(endpoint: string, logGroupName: string, options: Options) {
  await sleep(100);
  const [, count, unit] = /^(\d+)([mh])$/.exec(options['since'] ?? '10m') ?? [];
  const startTime = Date.now() - Number(count) * (unit === 'h' ? 3_600_000 : 60_000);
  const input = { logGroupName, startTime, filterPattern: options['filter-pattern'] };
  const found = Events.parse(await callInJson(endpoint, filterLogEvents, input));
  return found.events.map(({ message }) => message);
}
