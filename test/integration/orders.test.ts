import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { documentedOrder, orderWorld } from '../support/order-world.ts';

let world: Awaited<ReturnType<typeof orderWorld>>;
beforeAll(async () => {
  world = await orderWorld();
});

describe('placing an order', () => {
  test('as the documents show it answers what the customer app reads', async () => {
    const { id, token } = await world.customer();
    const { status, body } = await world.place(token);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      order: {
        customerId: id,
        customerName: 'Asha',
        status: 'broadcasting',
        totalTrucks: 1,
        trucksFilled: 0,
        totalAmount: 500,
        distanceKm: 25,
        expiresIn: 60,
        pickup: { coordinates: { latitude: 28.5355, longitude: 77.391 }, lat: 28.5355 },
      },
      truckRequests: [
        {
          requestNumber: 1,
          vehicleType: 'mini',
          vehicleSubtype: 'Mini Truck - Tata Ace',
          pricePerTruck: 500,
          status: 'searching',
        },
      ],
      timeoutSeconds: 60,
      dispatchState: 'queued',
    });
    const messages = await world.take('DISPATCH_QUEUE_URL');
    expect(messages).toEqual([
      { kind: 'search-wave', id: expect.any(String), orderId: body?.order.id, wave: 1 },
    ]);
    const outbox = await world.sql('SELECT id, relayed_at FROM weelo.outbox WHERE order_id = $1', [
      body?.order.id,
    ]);
    expect(outbox).toEqual([{ id: messages[0]?.['id'], relayed_at: expect.any(Date) }]);
    const read = await world.orders.getOrder({ token, params: { id: body?.order.id ?? '' } });
    expect(read.body?.order).toEqual({ ...body?.order, expiresIn: read.body?.order.expiresIn });
    expect(read.body?.requests).toEqual(body?.truckRequests);
  });
});
