import { assumptions } from './assumptions.ts';
import {
  daysPerMonth,
  idleBill,
  inThousands,
  monthlyBill,
  orderParts,
  perThousand,
  scales,
  usageOfOrder,
  type Costing,
} from './bill.ts';
import { databaseSizeOf } from './template-prices.ts';
import { captainHoursOf, habits, meanings, timesOf, type Habits } from './journey.ts';
import { changesTable } from './changes.ts';
import { tolerance } from './guard.ts';
import { amountOf, count, money, plain, round, table, upToText } from './markdown.ts';
import { prices, type Price } from './prices.ts';
import { requestLimitOf, stageNames, type StageName } from './stages.ts';
import { times } from './sums.ts';
import { capacityFor, chargesOf } from './usage-charges.ts';
import type { Usage } from './usage.ts';

export type Costings = Readonly<Record<StageName, Costing>>;

/** Of the scales, the one that details are shown for. */
const shown = 10_000;

/** docs/cost.md. */
export function costPage(costings: Costings): string {
  const { prod } = costings;
  return [
    '# What it costs',
    'Computed by `npm run cost` from the templates of `lib`, the list prices in `tools/cost/prices.ts` and what one order was ' +
      'measured to use (`tools/cost/measured.json`). Change it there. All amounts are in USD, in ap-south-1, without taxes, ' +
      'free tiers and discounts.',
    '## A month in which nobody orders',
    ...stageNames.map((name) => idleTable(name, costings[name])),
    '## 1,000 orders, in prod',
    'Everything is in it: the fixed part is divided among the orders. The most expensive at 10,000 orders a day comes first. ' +
      'The amounts are those of a month with 10,000 orders a day.',
    ordersTable(prod),
    `A change that moves a sum by more than ${tolerance * 100} % from \`tools/cost/accepted.json\` fails the tests, until \`npm run cost -- --accept\` has accepted it in the same commit.`,
    '## What one order is',
    orderText(habits),
    partsTable(prod),
    '## What one could change',
    'Each line alone, at 10,000 orders a day. Today the intervals are fixed in the shipped apps.',
    changesTable(prod, shown),
    '## What the load is',
    loadTable(prod),
    loadNote(prod),
    '## How it is measured',
    measuringText(prod),
    '## What is assumed',
    table(
      ['', 'Number', 'Why'],
      Object.entries(assumptions).map(([name, { value, unit, why }]) => [
        `\`${name}\``,
        `${value} ${unit}`,
        why,
      ]),
    ),
    '## Prices',
    table(
      ['Price', 'USD', 'For', 'Read in'],
      Object.values<Price>(prices).map(({ name, unit, steps, source }) => [
        name,
        steps.map(({ usd, upTo }) => `${plain(usd)}${upToText(upTo)}`).join('; '),
        unit,
        source,
      ]),
    ),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function idleTable(name: StageName, costing: Costing): string {
  const { lines, usd } = idleBill(costing);
  const rows = lines
    .filter((line) => line.usd >= 0.005)
    .map((line) => [line.price.name, ...amountOf(line), line.why, money(line.usd)]);
  return [
    `### ${name}: ${Math.round(usd)} USD`,
    table(
      ['', 'Amount', 'Unit', 'Of', 'USD'],
      [...rows, ['**Sum**', '', '', '', `**${money(usd)}**`]],
    ),
  ].join('\n\n');
}

function ordersTable(costing: Costing): string {
  const bills = scales.map((scale) => ({ scale, bill: monthlyBill(costing, scale) }));
  const usdOf = (price: Price) =>
    bills.map(({ scale, bill }) => {
      const line = bill.lines.find((each) => each.price === price);
      return inThousands(line?.usd ?? 0, scale);
    });
  const rows = monthlyBill(costing, shown).lines.map(({ price, amount, why }) => [
    price.name,
    ...amountOf({ amount, price }),
    why,
    ...usdOf(price).map(money),
  ]);
  const sums = perThousand(costing);
  const idle = idleBill(costing).usd;
  return table(
    ['', 'Amount', 'Unit', 'Of', ...scales.map((scale) => `${count(scale)} a day`)],
    [
      ...rows,
      ['**Sum**', '', '', '', ...scales.map((scale) => `**${money(sums[scale])}**`)],
      ['of it fixed', '', '', '', ...scales.map((scale) => money(inThousands(idle, scale)))],
    ],
  );
}

function orderText(how: Habits): string {
  return [
    `A typical order is for ${how.trucks} trucks of one kind. Ten captains are asked over sockets, two of them take a truck each. A`,
    `trip takes ${how.tripMinutes} minutes, with a position every 10 s. For each truck, a captain is online for`,
    `${how.captainHoursPerTruck} hours (waiting for orders included), with a heartbeat every ${how.heartbeatSeconds} s; a third of`,
    `that time the list of offers is on the screen. A driver's app asks for trips for ${how.driverHoursPerTruck} hours. An order`,
    `comes with ${how.loginsPerOrder} logins. These are assumptions about people (\`tools/cost/journey.ts\`); what a part uses is`,
    'measured.',
  ].join('\n');
}

/** What each part of an order costs, at the prices that apply to the amounts of the shown scale. */
function partsTable(costing: Costing): string {
  const costs = orderParts
    .map((name) => {
      const often = timesOf(habits)[name];
      const usd = usdOfUsage(times(costing.measured.parts[name], often), costing) * 1000;
      return { name, often, usd };
    })
    .toSorted((a, b) => b.usd - a.usd);
  const rows = costs.map(({ name, often, usd }) => [
    `\`${name}\``,
    meanings[name],
    plain(round(often)),
    money(usd),
  ]);
  const sum = costs.reduce((total, { usd }) => total + usd, 0);
  return [
    table(
      ['Part', 'What it is', 'In an order', '1,000 orders'],
      [...rows, ['**Sum**', '', '', `**${money(sum)}**`]],
    ),
    'Without what stands or lies there: open sockets, the database, data that is kept.',
  ].join('\n\n');
}

/** At the average prices of the shown scale. */
function usdOfUsage(usage: Usage, costing: Costing): number {
  const month = new Map(
    monthlyBill(costing, shown).lines.map(({ price, usd, amount }) => [price, usd / amount]),
  );
  return chargesOf(usage, 1, costing.resources).reduce(
    (sum, { price, amount }) => sum + amount * (month.get(price) ?? 0),
    0,
  );
}

function loadTable(costing: Costing): string {
  const usage = usageOfOrder(costing);
  const perSecond = (each: number, scale: number) => round((each * scale) / 86_400);
  const invocations = Object.values(usage.invocations).reduce((sum, each) => sum + each, 0);
  const rows: readonly (readonly [string, (scale: number) => number])[] = [
    ['Captains online', (scale) => round((scale * captainHoursOf(habits)) / 24)],
    ['HTTP requests a second', (scale) => perSecond(usage.requests, scale)],
    ['Heartbeats a second, of these', (scale) => perSecond(timesOf(habits).heartbeat, scale)],
    ['Invocations a second', (scale) => perSecond(invocations, scale)],
    ['Redis commands a second', (scale) => perSecond(usage.redisCommands, scale)],
    ['Transactions a second', (scale) => perSecond(usage.transactions, scale)],
    ['ACUs that they keep busy', (scale) => round(capacityFor(usage, scale * daysPerMonth))],
  ];
  return table(
    ['On average over a day', ...scales.map((scale) => `${count(scale)} a day`)],
    rows.map(([what, of]) => [what, ...scales.map((scale) => count(of(scale)))]),
  );
}

function loadNote({ resources }: Costing): string {
  const { most = 0 } = databaseSizeOf(Object.values(resources)) ?? {};
  return [
    `prod lets ${count(requestLimitOf(resources))} requests a second through, and its database grows to ${most} ACUs. A column`,
    'beyond that is what it would cost after these were raised, not what is deployed; a rush hour is a multiple of the average.',
  ].join('\n');
}

function measuringText({ measured }: Costing): string {
  return [
    `\`npm run cost:measure\` lives an order on the local cloud, part by part, after one that is not measured. ${measured.about}`,
    'It counts what AWS is asked, and what functions, PostgreSQL and Redis do. `test/e2e/cost.test.ts` lives it once more in',
    '`npm run test:long` and fails if it uses more than what was measured: then measure again.',
    'Sockets are opened as WebSockets; what an app asks over HTTP before it has one is left out.',
  ].join('\n');
}
