import {
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { DataStack } from '../../data/data-stack.ts';
import { exactly } from '../../parts/exactly.ts';
import type { Stage } from '../../parts/stage.ts';
import type { HttpApi } from '../apis/http-api.ts';
import type { RealtimeApi } from '../apis/realtime-api.ts';
import type { WorkQueue } from '../work/work-queue.ts';
import { type Figures, inAll } from './figures.ts';
import { logGroupsOf, queryNamed } from './queries.ts';

/** What has metrics of its own. */
export interface Shown {
  readonly http: HttpApi;
  readonly realtime: RealtimeApi;
  readonly queues: readonly WorkQueue[];
  readonly data: Pick<DataStack, 'database' | 'cache' | 'tables'>;
}

export interface Row {
  readonly question: string;
  /** How to read it. */
  readonly answer: string;
  readonly widgets: readonly IWidget[];
}

/** The rows, from what clients notice down to what it costs. */
export function rowsOf(shown: Shown, figures: Figures, stage: Stage): readonly Row[] {
  return [
    clients(shown, figures, stage),
    orders(figures),
    telling(shown, figures),
    logins(figures),
    sockets(shown, figures),
    stores(shown),
    functions(figures),
    costs(shown, figures),
  ];
}

function clients({ http }: Shown, figures: Figures, stage: Stage): Row {
  return {
    question: 'Are clients answered?',
    answer: '5xx are our faults, 4xx the clients. Milliseconds are by route, of the time shown.',
    widgets: [
      graph('Answers in a minute', http.metricAnswers()),
      graph('Time of functions, p50, ms', [lambda(figures, 'Duration', 'p50')]),
      graph('Time of functions, p99, ms', [lambda(figures, 'Duration', 'p99')]),
      saved('Routes: calls, p50, p99', 'busy-routes', stage),
    ],
  };
}

function orders(figures: Figures): Row {
  const outcomes = ['Placed', 'Filled', 'PartlyFilled', 'Expired', 'Cancelled', 'Completed'];
  return {
    question: 'Do orders find trucks?',
    answer:
      'A search lasts 60 s. If many expire, look at the offers: is anybody asked, and do they answer?',
    widgets: [
      graph(
        'Orders',
        outcomes.map((each) => figures.total(`Orders${each}`, each)),
      ),
      graph('From placing to the first hold, ms', [
        figures.each('TimeToFirstHold', 'p50'),
        figures.each('TimeToFirstHold', 'p90'),
      ]),
      graph('From placing to fill, ms', [
        figures.each('TimeToFill', 'p50'),
        figures.each('TimeToFill', 'p90'),
      ]),
      graph(
        'Offers by wave',
        [1, 2, 3, 4].map((n) => figures.total(`OffersInWave${n}`, `wave ${n}`)),
      ),
      graph(
        'What becomes of offers',
        ['Seen', 'Pushed', 'Accepted', 'Declined'].map((each) =>
          figures.total(`Offers${each}`, each),
        ),
      ),
    ],
  };
}

function telling({ queues }: Shown, figures: Figures): Row {
  return {
    question: 'Is everything told, and in time?',
    answer: 'All of these are near zero on a good day.',
    widgets: [
      graph('How late searches end, ms', [figures.most('ExpiryLag')]),
      graph('Oldest unsent event, ms', [figures.most('OutboxAge')]),
      graph(
        'Oldest message, s',
        queues.map((each) => each.metricOldest()),
      ),
      graph('Given up', [
        ...queues.map((each) => each.metricDeadLetters()),
        ...['EventsParked', 'OrdersStuck'].map((each) => figures.most(each)),
      ]),
    ],
  };
}

function logins(figures: Figures): Row {
  const codes = ['OtpSent', 'OtpVerified', 'SmsSent', 'SmsFailed', 'SmsRefused', 'SmsExpired'];
  return {
    question: 'Can people log in?',
    answer: 'Most codes that are sent are verified within minutes.',
    widgets: [
      graph(
        'Codes and SMS',
        codes.map((each) => figures.total(each)),
      ),
      graph("Share of the day's codes that is used, percent", [
        figures.most('OtpOpenShareUsed', 'everybody'),
        figures.most('OtpKeptShareUsed', 'kept for known accounts'),
      ]),
      graph('Spent on SMS this month, USD', [
        inAll(`SEARCH('{AWS/SMSVoice} MetricName="TextMessageMonthlySpend"', 'Maximum', 3600)`, ''),
      ]),
    ],
  };
}

function sockets({ realtime }: Shown, figures: Figures): Row {
  const calls = ['ConnectCount', 'MessageCount', 'ClientError', 'ExecutionError'] as const;
  const posts = ['EventsPosted', 'EventsPushed', 'PostsGivenUp'];
  const opened = ['SocketsOpened', 'SocketsGone', 'SocketsEvicted', 'SocketsUpgraded'];
  return {
    question: 'Are sockets open?',
    answer: 'SocketsGone are answers of 410: the client had left without saying so.',
    widgets: [
      graph(
        'The WebSocket API in a minute',
        calls.map((each) => realtime.metricCalls(each)),
      ),
      graph(
        'Sockets',
        opened.map((each) => figures.total(each)),
      ),
      graph(
        'Events to clients',
        posts.map((each) => figures.total(each)),
      ),
      graph(
        'Circuits that opened',
        ['Sms', 'Fcm', 'Events'].map((each) => figures.total(`CircuitOpened${each}`)),
      ),
    ],
  };
}

function stores({ data: { database, cache, tables } }: Shown): Row {
  return {
    question: 'Are the stores busy?',
    answer:
      'The same for stores that the stage has made and for those that existed, as far as AWS reports them.',
    widgets: [
      graph('PostgreSQL', database.server.load()),
      ...(cache.load().length > 0 ? [graph('Redis', cache.load())] : []),
      graph('DynamoDB, units in five minutes', tables.load()),
    ],
  };
}

function functions(figures: Figures): Row {
  return {
    question: 'Do functions run?',
    answer: 'Errors are crashes and time-outs. Throttles are calls that Lambda has refused to run.',
    widgets: [
      graph('Errors', [lambda(figures, 'Errors', 'Sum')]),
      graph('Throttles', [lambda(figures, 'Throttles', 'Sum')]),
      graph('Running at a time', [lambda(figures, 'ConcurrentExecutions', 'Maximum')]),
    ],
  };
}

function costs({ http, queues }: Shown, figures: Figures): Row {
  const spent = figures.ofAws('AWS/Lambda', 'FunctionName', 'Duration', 'Sum');
  const logged = figures.ofAws('AWS/Logs', 'LogGroupName', 'IncomingBytes', 'Sum');
  return {
    question: 'What costs money?',
    answer:
      'In five minutes. docs/cost.md says what each of them costs; DynamoDB is with the stores.',
    widgets: [
      // Functions have a gigabyte, so a second is a gigabyte-second.
      graph('Lambda, GB-seconds', [inAll(`SUM(${spent}) / 1000`, 'all functions')]),
      graph(
        'SQS, messages and empty receives',
        queues.flatMap((each) => each.metricCalls()),
      ),
      graph('Log bytes', [inAll(logged, '')]),
      graph('HTTP requests', http.metricAnswers().slice(0, 1)),
    ],
  };
}

function lambda(figures: Figures, metric: string, statistic: 'Sum' | 'Maximum' | 'p50' | 'p99') {
  return inAll(figures.ofAws('AWS/Lambda', 'FunctionName', metric, statistic), '');
}

function graph(title: string, metrics: readonly IMetric[]): IWidget {
  const widget = new GraphWidget({ title, left: [...metrics], width: 6, height: 6 });
  return exactly<IWidget>(widget);
}

/** API Gateway's own metrics by route would cost 0.30 USD a month for each of some hundred routes and six metrics. */
function saved(title: string, name: string, stage: Stage): IWidget {
  const query = queryNamed(name);
  const widget = new LogQueryWidget({
    title,
    logGroupNames: [...logGroupsOf(query, stage)],
    queryLines: [...query.lines],
    view: LogQueryVisualizationType.TABLE,
    width: 6,
    height: 6,
  });
  return exactly<IWidget>(widget);
}
