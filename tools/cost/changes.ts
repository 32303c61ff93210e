import { perThousand, type Costing, type Scale } from './bill.ts';
import { habits, type Habits } from './journey.ts';
import { money, table } from './markdown.ts';
import { withoutEdge } from './usage-charges.ts';

const people = (changed: Partial<Habits>) => (costing: Costing) => ({
  ...costing,
  habits: { ...habits, ...changed },
});

/** What is asked again and again, mostly to hear that nothing has changed. */
const repeated = ['heartbeat', 'driver-poll', 'feed', 'fleet-map', 'trip-map', 'arrivals'] as const;

/** As if functions logged nothing of what is asked again and again. */
function quiet(costing: Costing): Costing {
  const silenced = repeated.map((name) => {
    const part = costing.measured.parts[name];
    return [name, { ...part, logBytes: 0, logLines: 0 }] as const;
  });
  const parts = { ...costing.measured.parts, ...Object.fromEntries(silenced) };
  return { ...costing, measured: { ...costing.measured, parts } };
}

/** As if clients called the APIs directly. */
const direct = (costing: Costing): Costing => ({
  ...costing,
  resources: withoutEdge(costing.resources),
});

const changes: readonly (readonly [string, (costing: Costing) => Costing])[] = [
  ['Heartbeats every 10 s instead of 5 s', people({ heartbeatSeconds: 10 })],
  ['Heartbeats every 15 s', people({ heartbeatSeconds: 15 })],
  [
    "Drivers' apps ask every 30 s instead of 10 s, and rely on push",
    people({ driverPollSeconds: 30 }),
  ],
  [
    "Captains' lists are read every 60 s instead of 15 s, and rely on sockets",
    people({ feedSeconds: 60 }),
  ],
  ['Maps of captains are read every 15 s instead of 5 s', people({ mapSeconds: 15 })],
  ['Positions in batches of 100 s instead of 50 s', people({ batchSeconds: 100 })],
  ['Functions log no line for a heartbeat, a poll or a map that went well', quiet],
  [
    'Captains are online for 4 hours for each truck instead of 2.5',
    people({ captainHoursPerTruck: 4 }),
  ],
  ['No edge: neither CloudFront nor a firewall', direct],
];

/** What the cost of 1,000 orders would be, at one scale. */
export function changesTable(costing: Costing, shown: Scale): string {
  const usual = perThousand(costing)[shown];
  return table(
    ['Change', '1,000 orders', 'Difference'],
    changes.map(([what, change]) => {
      const then = perThousand(change(costing))[shown];
      const percent = Math.abs((then / usual - 1) * 100).toFixed(0);
      return [what, money(then), `${then < usual ? '−' : '+'}${percent} %`];
    }),
  );
}
