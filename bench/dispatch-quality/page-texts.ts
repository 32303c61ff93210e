export const introduction = (seeds: number, hash: string) => `
# How good dispatch is

\`npm run bench dispatch-quality\` writes this page. It lives through days of a simulated city (\`city/\`) under several
policies. The rules of orders, holds and offers are production's own code, and so is the choice of whom a wave asks. What
people do is assumed, or taken from what others have published: [\`parameters.ts\`](../city/world/parameters.ts) has each
figure with its source. So the page says which policy is better, and how sure that is, and not how many trucks a real city
will fill. What was decided by it is among the [decisions](decisions).

Each figure is the mean of ${seeds} days, with its 95 % interval. Day by day all policies see the same trucks, orders and
people. Where nothing else is said, the city is Bengaluru as usual.

Inputs: \`${hash}\``;

export const meanings = `
## What the figures mean

- *Trucks filled*: of the trucks that customers wanted, those that came to the pickup. One whose driver gave up on the way
  is not filled.
- *First hold*: seconds from the order to the first truck that somebody holds, the median of all orders of a day. An order
  without a hold counts with the time that it waited: so a search that gives up early looks quick.
- *All assigned*: seconds until all trucks of an order have a vehicle and a driver, the median of the orders of which that is
  true.
- *Offers per truck*: all offers, also those of orders that were not filled, divided by the trucks filled.
- *Km to the pickup*: on the road, of the trucks that came.
- *Drivers who give up*: of those who set out, before the pickup.
- *Customers who cancel*: because nobody has held a truck for too long.
- *Gini of owners*: of the trucks that each owner won per hour that each of its trucks was online. 0 is the same for all. By
  chance alone it is not 0, for a day brings an owner of one truck none, two or four trips: so it is compared with the
  lottery's.
- *Of the optimum's trucks*: of what could have been filled at most by anybody who asks for a minute, and knows beforehand
  who is willing, who forgets, which driver says no, and which orders come. The optimum is solved exactly, in a world that is
  kinder than the simulated one: each captain sees each order at its best, a truck drives to the pickup from the nearest
  place at which one could be, and one trip may follow another if one captain would do both. So nobody can fill more, and
  mostly not even as many (\`city/optimum/hindsight.ts\`). Left out are trucks that a fleet sends later than five minutes after
  the search, because a driver gave up. Policies that ask for longer than a minute are not bounded by it.

## The policies

- *Weelo*: what \`src/dispatch/choose-transporters.ts\` does, on the waves of \`src/orders/placing/search-waves.ts\`.
- *Nearest one alone*: for each open truck the nearest one is asked, and the next one after a no, or when its time is over.
  It may search for five minutes. With 15 s for each and one minute for all, it is in the table once more.
- *Ten nearest, three times 30 s*: each ten have 30 s.
- *Everybody at once*: all who are online and have a free truck, for a minute.
- *A lottery*: as Weelo, but by lot and not by distance.
`;
