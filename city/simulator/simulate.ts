import type { World } from '../world/world.ts';
import { Answering } from './answering.ts';
import { Crews } from './crews.ts';
import { Dispatching } from './dispatching.ts';
import { Market } from './market.ts';
import type { Policy } from './policy.ts';
import { waysOfADay, type Ways } from './ways.ts';

/** Lives through a day of a world under a policy. `watch` sees the market after everything that happens. */
export function simulate(
  world: World,
  policy: Policy,
  watch: (market: Market) => void = () => undefined,
  ways: Ways = waysOfADay(world.city),
): Market {
  const market: Market = new Market(world, ways, {
    again: (offer) => answering.lookAgain(offer),
    closed: ({ order }) => dispatching.askNext(order),
  });
  const answering = new Answering(market, new Crews(market));
  const dispatching = new Dispatching(market, answering, policy);
  for (const order of world.orders)
    market.agenda.at(order.atSeconds, () => dispatching.place(order));
  market.agenda.run(() => watch(market));
  return market;
}
