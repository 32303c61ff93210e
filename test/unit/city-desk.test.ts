import { expect, test } from 'vitest';
import type { Account } from '../../city/live/api/account.ts';
import { Crew } from '../../city/live/captains/crew.ts';
import { Desk } from '../../city/live/captains/desk.ts';
import type { Offer } from '../../city/live/captains/offer.ts';
import { Scene } from '../../city/live/scene.ts';
import { Draws } from '../../city/world/draws.ts';

const pickup = { latitude: 28.54, longitude: 77.244, address: 'Greater Kailash' };

/** Of a customer whose number says that nobody answers. */
const offer = (orderId: string, more: Partial<Offer> = {}): Offer => ({
  orderId,
  customerPhone: '98xxxxxx30',
  pickupLocation: pickup,
  dropLocation: pickup,
  distanceKm: 3,
  farePerTruck: 900,
  trucksNeeded: 1,
  requestedVehicles: [],
  pickupDistanceKm: 2,
  createdAt: new Date().toISOString(),
  expiresAt: new Date(Date.now() + 60_000).toISOString(),
  eventVersion: 2,
  ...more,
});

function deskOf() {
  const scene = new Scene();
  const props = {
    origin: 'http://127.0.0.1:1',
    captain: {
      index: 0,
      id: 'captain',
      home: pickup,
      online: { from: 0, until: 86_400 },
      outages: [],
      character: 0,
      carelessness: 1,
      vehicles: [],
    },
    account: {} as Account,
    name: 'Ravi',
    trucks: [],
    scene,
    behaviour: new Draws(1),
    onHeard: () => undefined,
  };
  const desk = new Desk(props, new Crew(props));
  const states = () =>
    Object.fromEntries(scene.view().orders.map(({ id, offers }) => [id, offers[0]?.state]));
  return { desk, states };
}

test('a captain who lost the line sees afterwards what it is told then, and nothing else', () => {
  const { desk, states } = deskOf();
  desk.offered(offer('ended-meanwhile'));
  desk.offered(offer('still-there'));
  desk.lineLost();
  desk.offered(offer('still-there'));
  desk.offered(offer('new'));
  expect(states()['ended-meanwhile']).toBe('offered');
  desk.resumed();
  expect(states()).toEqual({
    'ended-meanwhile': 'closed',
    'still-there': 'offered',
    new: 'offered',
  });
});
