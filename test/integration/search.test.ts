import { describe, expect, test } from 'vitest';
import { routesOf } from '../../src/contract/http/routes.ts';
import { clientOf } from '../support/client.ts';
import { functionEnvironment } from '../support/engines/function-environment.ts';
import { into } from '../support/invoke.ts';
import { issuingTokens } from '../support/tokens.ts';

// The functions read their environment as they are loaded, so it must stand before.
const { secrets } = await functionEnvironment();
const ours = await issuingTokens();
secrets.set('arn:public-keys', JSON.stringify(ours.publicKeys));

/** From Delhi to Jaipur. */
const way = { pickupLat: 28.6139, pickupLng: 77.209, dropLat: 26.9124, dropLng: 75.7873 };

describe('search', async () => {
  const { handler } = await import('../../functions/orders.ts');
  const client = clientOf(routesOf('orders'), into(handler));
  const token = await ours.sign();

  test('prices every kind of truck from here to there, for nobody to keep', async () => {
    const { status, body, headers } = await client.searchTrucks({ token, query: way });
    expect(status).toBe(200);
    expect(body).toMatchObject({ distanceKm: 306, durationMinutes: 459 });
    expect(body?.vehicles).toHaveLength(71);
    expect(new Set(body?.vehicles.map(({ vehicleType }) => vehicleType)).size).toBe(9);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'ratelimit-limit': '60' });
  });

  test('knows of nobody who is free, and for how long its prices hold', async () => {
    const before = Date.now();
    const { body } = await client.searchTrucks({ token, query: way });
    const endsAt = Date.parse(body?.validUntil ?? '');
    expect(endsAt).toBeGreaterThanOrEqual(before + 300_000);
    expect(endsAt).toBeLessThanOrEqual(Date.now() + 300_000);
    for (const vehicle of body?.vehicles ?? []) {
      expect(vehicle).toMatchObject({ freeNearby: 0, nearestMinutes: null });
    }
  });

  test('answers for one type, in whatever spelling', async () => {
    const { body } = await client.searchTrucks({ token, query: { ...way, vehicleType: 'TRUCK' } });
    expect(body?.vehicles).toMatchObject([
      { vehicleType: 'mini', displayName: 'Mini/Pickup', vehicleSubtype: 'Pickup Truck - Dost' },
      { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace', vehicleKey: 'mini_tata_ace' },
    ]);
  });

  test.each([
    ['off the map of India', { ...way, pickupLat: 51.5, dropLng: -0.1 }, ['pickupLat', 'dropLng']],
    ['not numbers', { ...way, pickupLng: 'east', dropLat: '' }, ['pickupLng', 'dropLat']],
    ['missing', { pickupLat: 28.6 }, ['pickupLng', 'dropLat', 'dropLng']],
    ['next door', { ...way, dropLat: 28.6179, dropLng: 77.209 }, ['dropLat', 'dropLng']],
    ['for no known type', { ...way, vehicleType: 'rocket' }, ['vehicleType']],
  ])('refuses coordinates that are %s, field by field', async (_, query, paths) => {
    const { error } = await client.searchTrucks({ token, query: query as typeof way });
    expect(error).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
    expect(error?.details?.map(({ path }) => path)).toEqual(paths);
  });

  test('goes on where pickup and drop are a little over 500 m apart', async () => {
    const { body } = await client.searchTrucks({
      token,
      query: { ...way, dropLat: 28.6185, dropLng: 77.209 },
    });
    expect(body?.distanceKm).toBe(1);
  });

  test('is for customers who have logged in', async () => {
    const driver = await ours.sign({ role: 'driver' });
    expect(await client.searchTrucks({ query: way })).toMatchObject({
      error: { status: 401, code: 'UNAUTHORIZED' },
    });
    expect(await client.searchTrucks({ token: driver, query: way })).toMatchObject({
      error: { status: 403, code: 'FORBIDDEN' },
    });
  });

  test('is refused after 60 calls in a minute', async () => {
    const first = await client.searchTrucks({ token, query: way });
    const left = Number(first.headers['ratelimit-remaining']);
    expect(left).toBeGreaterThan(40);
    for (let call = 0; call < left; call++) {
      expect(await client.searchTrucks({ token, query: way })).toMatchObject({ status: 200 });
    }
    expect(await client.searchTrucks({ token, query: way })).toMatchObject({
      error: { status: 429, code: 'RATE_LIMIT_EXCEEDED' },
    });
  });
});

describe('the catalogue', async () => {
  const { handler } = await import('../../functions/places.ts');
  const client = clientOf(routesOf('places'), into(handler));

  test('is for everyone, and may be kept for an hour', async () => {
    const { body, headers } = await client.listVehicleTypes();
    expect(body?.types.map(({ type }) => type)).toContain('bulker');
    expect(headers).toMatchObject({ 'cache-control': 'public, max-age=3600' });
  });

  test('prices as the customer app asks, with no token and no subtype', async () => {
    const query = { vehicleType: 'open', distanceKm: '120', trucksNeeded: '2' };
    const { body } = await client.getVehiclePricing({ query });
    expect(body?.pricing).toMatchObject({ basePrice: 1500, tonnageCharge: 4800, trucksNeeded: 2 });
    expect(body?.pricing.totalAmount).toBe((body?.pricing.pricePerTruck ?? 0) * 2);
  });

  test.each([
    [{ vehicleType: 'rocket', distanceKm: 10 }, 'vehicleType'],
    [{ vehicleType: 'open', vehicleSubtype: '3 Feet', distanceKm: 10 }, 'vehicleSubtype'],
    [{ vehicleType: 'open', distanceKm: 5001 }, 'distanceKm'],
    [{ vehicleType: 'open', distanceKm: 10, trucksNeeded: 0 }, 'trucksNeeded'],
    [{ vehicleType: 'open', distanceKm: 10, cargoWeightKg: -1 }, 'cargoWeightKg'],
  ])('refuses to price %o', async (query, path) => {
    const { error } = await client.getVehiclePricing({ query });
    expect(error).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
    expect(error?.details).toEqual([{ path, message: expect.any(String) }]);
  });
});
