import { beforeAll, describe, expect, test } from 'vitest';
import { vehicleKinds } from '../../src/catalogue/vehicle-kind.ts';
import { vehicleStatuses, type VehicleStatus } from '../../src/contract/http/fleet/vehicles.ts';
import { kindsKey } from '../../src/fleet/presence/index/geo-keys.ts';
import { fleetWorld, freshNumber, truck, type Person } from '../support/worlds/fleet-world.ts';

let world: Awaited<ReturnType<typeof fleetWorld>>;
beforeAll(async () => {
  world = await fleetWorld();
});

const list = async ({ token }: Person) => (await world.fleet.listVehicles({ token })).body;
const get = ({ token }: Person, id: string) => world.fleet.getVehicle({ token, params: { id } });
const remove = async ({ token }: Person, id: string) => {
  const { status, error } = await world.fleet.deleteVehicle({ token, params: { id } });
  return error?.code ?? status;
};
/** As orders and trips do, whose statuses no owner sets. */
const force = (id: string | undefined, status: VehicleStatus) =>
  world.sql('UPDATE weelo.vehicles SET status = $2::weelo.vehicle_status WHERE id = $1', [
    id,
    status,
  ]);

async function registered(owner: Person, change: object = {}) {
  const { vehicle } = await world.register(owner, change);
  if (!vehicle) throw new Error('No vehicle was registered');
  return vehicle;
}

describe('a vehicle', () => {
  test('is registered with its number alone and what kind it is; every field is answered', async () => {
    const owner = await world.transporter();
    const { status, vehicle, isNew } = await world.register(owner, {
      vehicleNumber: ' mh 12-de 9 ',
    });
    expect({ status, isNew }).toEqual({ status: 201, isNew: true });
    expect(vehicle).toEqual({
      id: expect.any(String),
      transporterId: owner.id,
      assignedDriverId: null,
      vehicleNumber: 'MH12DE9',
      vehicleType: 'open',
      vehicleSubtype: '17 Feet',
      capacity: '7 Ton',
      model: null,
      make: null,
      year: null,
      bodyType: null,
      fuelType: null,
      status: 'available',
      currentTripId: null,
      maintenanceReason: null,
      maintenanceEndDate: null,
      lastStatusChange: vehicle?.createdAt,
      rcNumber: null,
      rcExpiry: null,
      insuranceNumber: null,
      insuranceExpiry: null,
      permitNumber: null,
      permitExpiry: null,
      fitnessExpiry: null,
      vehiclePhotos: [],
      rcPhoto: null,
      insurancePhoto: null,
      isVerified: false,
      isActive: true,
      createdAt: expect.any(String),
      updatedAt: vehicle?.createdAt,
    });
    expect((await get(owner, vehicle?.id ?? '')).body?.vehicle).toEqual(vehicle);
    expect((await list(owner))?.vehicles).toEqual([vehicle]);
  });

  test('keeps everything that is said of it', async () => {
    const owner = await world.transporter();
    const said = {
      capacity: '9 MT',
      model: 'LPT 1109',
      make: 'Tata',
      year: 2021,
      bodyType: 'open',
      fuelType: 'diesel',
      rcNumber: 'RC1',
      insuranceNumber: 'IN1',
      permitNumber: 'PE1',
    };
    const days = {
      rcExpiry: '2031-03-31',
      insuranceExpiry: '2027-01-31T18:30:00+05:30',
      permitExpiry: '2027-02-28T00:00:00Z',
      fitnessExpiry: '2028-02-29',
    };
    const maintenance = { status: 'maintenance', maintenanceReason: 'Brakes' };
    const vehicle = await registered(owner, {
      ...said,
      ...days,
      ...maintenance,
      maintenanceEndDate: '2026-12-24',
    });
    expect(vehicle).toMatchObject({
      ...said,
      ...maintenance,
      maintenanceEndDate: '2026-12-24T00:00:00.000Z',
      rcExpiry: '2031-03-31T00:00:00.000Z',
      insuranceExpiry: '2027-01-31T13:00:00.000Z',
      permitExpiry: '2027-02-28T00:00:00.000Z',
      fitnessExpiry: '2028-02-29T00:00:00.000Z',
    });
    const { status, isNew, ...again } = await world.register(owner, {
      vehicleNumber: vehicle.vehicleNumber,
      model: '',
      year: 2022,
    });
    expect({ status, isNew }).toEqual({ status: 200, isNew: false });
    expect(again.vehicle).toEqual({
      ...vehicle,
      model: null,
      year: 2022,
      updatedAt: again.vehicle?.updatedAt,
    });
  });

  test('sent twice is one vehicle, the same', async () => {
    const owner = await world.transporter();
    const body = truck({ model: 'Eicher' });
    const first = await registered(owner, body);
    const again = await registered(owner, body);
    expect(again).toEqual({ ...first, updatedAt: again.updatedAt });
    expect((await list(owner))?.total).toBe(1);
  });

  test.each(vehicleKinds.map((kind) => [kind.type.id, kind.name, kind.captainName, kind.key]))(
    'of the kind %s %s is known in the spelling of both apps, and answered in the captain’s',
    async (vehicleType, name, captainName, key) => {
      const owner = await world.transporter();
      const vehicle = await registered(owner, { vehicleType, vehicleSubtype: name });
      expect(vehicle).toMatchObject({ vehicleType, vehicleSubtype: captainName });
      const { status, vehicle: again } = await world.register(owner, {
        vehicleNumber: vehicle.vehicleNumber,
        vehicleType: vehicleType.toUpperCase(),
        vehicleSubtype: captainName,
      });
      expect({ status, id: again?.id }).toEqual({ status: 200, id: vehicle.id });
      const rows = await world.sql('SELECT vehicle_key FROM weelo.vehicles WHERE id = $1', [
        vehicle.id,
      ]);
      expect(rows).toEqual([{ vehicle_key: key }]);
    },
  );

  test.each<[object, string]>([
    [{ vehicleNumber: '' }, 'vehicleNumber'],
    [{ vehicleNumber: 'KA01AB12345' }, 'vehicleNumber'],
    [{ vehicleNumber: 'KA01 1234' }, 'vehicleNumber'],
    [{ vehicleNumber: 'K101AB1234' }, 'vehicleNumber'],
    [{ vehicleNumber: 'KA०१AB1234' }, 'vehicleNumber'],
    [{ vehicleNumber: 'KA01Aß1234' }, 'vehicleNumber'],
    [{ vehicleNumber: ' '.repeat(9000) }, 'vehicleNumber'],
    [{ vehicleNumber: 7 }, 'vehicleNumber'],
    [{ vehicleType: 'rocket' }, 'vehicleType'],
    [{ vehicleSubtype: '18 Feet' }, 'vehicleSubtype'],
    [{ vehicleSubtype: undefined }, 'vehicleSubtype'],
    [{ capacity: '' }, 'capacity'],
    [{ model: 'a\u0007b' }, 'model'],
    [{ model: 'x'.repeat(61) }, 'model'],
    [{ year: 1949 }, 'year'],
    [{ year: 2101 }, 'year'],
    [{ year: 2020.5 }, 'year'],
    [{ year: '2020' }, 'year'],
    [{ status: 'on_hold' }, 'status'],
    [{ status: 'in_transit' }, 'status'],
    [{ rcExpiry: '31/03/2027' }, 'rcExpiry'],
    [{ rcExpiry: '2027-02-30' }, 'rcExpiry'],
    [{ rcExpiry: '0001-01-01' }, 'rcExpiry'],
    [{ rcExpiry: '9999-12-31T23:59:59-12:00' }, 'rcExpiry'],
  ])('is refused with %j, and nothing is written', async (change, path) => {
    const owner = await world.transporter();
    const body = truck(change);
    const { error } = await world.fleet.upsertVehicle({ token: owner.token, body });
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect(error?.details?.map((detail) => detail.path)).toEqual([path]);
    expect((await list(owner))?.total).toBe(0);
  });

  test('is refused with every bad field at once', async () => {
    const { token } = await world.transporter();
    const body = { vehicleType: 'open', year: 1 } as unknown as ReturnType<typeof truck>;
    const { error } = await world.fleet.upsertVehicle({ token, body });
    expect(error?.details?.map(({ path }) => path)).toEqual([
      'vehicleNumber',
      'vehicleSubtype',
      'year',
    ]);
  });
});

describe('a number', () => {
  test('of another kind of one’s own is a mistake, and changes nothing', async () => {
    const owner = await world.transporter();
    const vehicle = await registered(owner);
    const { vehicleNumber } = vehicle;
    const answer = await world.register(owner, { vehicleNumber, vehicleSubtype: '19 Feet' });
    expect(answer).toMatchObject({ status: -1, code: 'VEHICLE_EXISTS_SAME_OWNER' });
    expect((await list(owner))?.vehicles).toEqual([vehicle]);
  });

  test.each(['17 Feet', '19 Feet'])(
    'of somebody else’s is taken, also for a %s, and says nothing of whose it is',
    async (vehicleSubtype) => {
      const [owner, other] = [await world.transporter(), await world.transporter()];
      const vehicle = await registered(owner);
      const { vehicleNumber } = vehicle;
      const body = truck({ vehicleNumber, vehicleSubtype });
      const { error } = await world.fleet.upsertVehicle({ token: other.token, body });
      expect(error).toEqual({
        status: 409,
        code: 'VEHICLE_EXISTS',
        message: expect.any(String),
        requestId: expect.any(String),
      });
      expect((await list(owner))?.vehicles).toEqual([vehicle]);
      expect((await list(other))?.total).toBe(0);
    },
  );

  test('is free again once its vehicle was deleted', async () => {
    const [owner, other] = [await world.transporter(), await world.transporter()];
    const { id, vehicleNumber } = await registered(owner);
    expect(await remove(owner, id)).toBe(200);
    expect(await remove(owner, id)).toBe('VEHICLE_NOT_FOUND');
    expect((await world.register(other, { vehicleNumber })).status).toBe(201);
  });

  test('that twenty register at once from two fleets is of one of them, and once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const owners = [await world.transporter(), await world.transporter()];
      const vehicleNumber = freshNumber();
      const answers = await Promise.all(
        Array.from({ length: 20 }, async (_, i) => {
          const owner = owners[i % 2] ?? owners[0];
          if (!owner) throw new Error('Nobody registers');
          return { owner: owner.id, ...(await world.register(owner, { vehicleNumber })) };
        }),
      );
      const winners = answers.filter(({ isNew }) => isNew);
      expect(winners).toHaveLength(1);
      const [winner] = winners;
      for (const { owner, status, code, vehicle } of answers) {
        if (owner !== winner?.owner) expect(code).toBe('VEHICLE_EXISTS');
        else
          expect({ id: vehicle?.id, is: status < 300 }).toEqual({
            id: winner.vehicle?.id,
            is: true,
          });
      }
      const rows = await world.sql('SELECT transporter_id FROM weelo.vehicles WHERE number = $1', [
        vehicleNumber,
      ]);
      expect(rows).toEqual([{ transporter_id: winner?.owner }]);
    }
  });

  test('that is registered as two kinds at once is of the kind that came first', async () => {
    for (let round = 0; round < 5; round += 1) {
      const owner = await world.transporter();
      const vehicleNumber = freshNumber();
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          world.register(owner, { vehicleNumber, vehicleSubtype: `${i % 2 ? 17 : 19} Feet` }),
        ),
      );
      const kept = (await list(owner))?.vehicles[0];
      expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
      for (const [i, { code, vehicle }] of answers.entries()) {
        const isKept = kept?.vehicleSubtype === `${i % 2 ? 17 : 19} Feet`;
        expect(isKept ? vehicle?.id : code).toBe(isKept ? kept.id : 'VEHICLE_EXISTS_SAME_OWNER');
      }
    }
  });

  test('that is given up while another fleet registers it goes over whole or not at all', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [owner, other] = [await world.transporter(), await world.transporter()];
      const { id, vehicleNumber } = await registered(owner);
      const [gone, taken] = await Promise.all([
        remove(owner, id),
        world.register(other, { vehicleNumber }),
      ]);
      expect(gone).toBe(200);
      expect([201, -1]).toContain(taken.status);
      if (taken.status === -1) expect(taken.code).toBe('VEHICLE_EXISTS');
      expect((await list(other))?.total).toBe(taken.status === 201 ? 1 : 0);
    }
  });
});

describe('a status', () => {
  const owners = ['available', 'maintenance', 'inactive'] as const;
  const cases = vehicleStatuses.flatMap((from) => owners.map((to) => [from, to] as const));

  test.each(cases)('of %s is made %s by its owner, or refused', async (from, to) => {
    const owner = await world.transporter();
    const vehicle = await registered(owner);
    await force(vehicle.id, from);
    const { vehicleNumber } = vehicle;
    const answer = await world.register(owner, { vehicleNumber, status: to });
    const inUse = from === 'on_hold' || from === 'in_transit';
    expect(answer.code).toBe(inUse ? 'VEHICLE_IN_USE' : undefined);
    const now = (await get(owner, vehicle.id)).body?.vehicle;
    expect(now?.status).toBe(inUse ? from : to);
    expect(now?.isActive).toBe(now?.status !== 'inactive');
    const moved = now?.lastStatusChange !== vehicle.lastStatusChange;
    expect(moved).toBe(!inUse && from !== to);
  });

  test.each(vehicleStatuses)('%s lets the papers be changed, and itself alone', async (status) => {
    const owner = await world.transporter();
    const { id, vehicleNumber } = await registered(owner);
    await force(id, status);
    const { vehicle } = await world.register(owner, { vehicleNumber, rcNumber: 'RC2' });
    expect(vehicle).toMatchObject({ status, rcNumber: 'RC2' });
  });

  test.each(vehicleStatuses)('%s decides whether the vehicle can be deleted', async (status) => {
    const owner = await world.transporter();
    const { id } = await registered(owner);
    await force(id, status);
    const inUse = status === 'on_hold' || status === 'in_transit';
    expect(await remove(owner, id)).toBe(inUse ? 'VEHICLE_IN_USE' : 200);
    expect((await list(owner))?.total).toBe(inUse ? 1 : 0);
  });

  test('other than maintenance has no reason and no end', async () => {
    const owner = await world.transporter();
    const why = { maintenanceReason: 'Brakes', maintenanceEndDate: '2027-01-01' };
    const { vehicleNumber, ...fresh } = await registered(owner, why);
    expect(fresh.maintenanceReason).toBeNull();
    const mended = await registered(owner, { vehicleNumber, status: 'maintenance', ...why });
    expect(mended).toMatchObject({
      maintenanceReason: 'Brakes',
      maintenanceEndDate: '2027-01-01T00:00:00.000Z',
    });
    expect(await registered(owner, { vehicleNumber, year: 2020 })).toMatchObject({
      maintenanceReason: 'Brakes',
    });
    expect(await registered(owner, { vehicleNumber, status: 'available' })).toMatchObject({
      maintenanceReason: null,
      maintenanceEndDate: null,
    });
  });

  test('is counted in the list, of all', async () => {
    const owner = await world.transporter();
    expect(await list(owner)).toEqual({
      vehicles: [],
      total: 0,
      available: 0,
      onHold: 0,
      inTransit: 0,
      maintenance: 0,
    });
    for (const status of [...vehicleStatuses, 'available'] as const) {
      await force((await registered(owner)).id, status);
    }
    const { vehicles = [], ...counted } = (await list(owner)) ?? {};
    expect(counted).toEqual({ total: 6, available: 2, onHold: 1, inTransit: 1, maintenance: 1 });
    const ids = vehicles.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted().toReversed());
  });

  test('that an order takes while the owner changes it is one of the two, never both', async () => {
    for (let round = 0; round < 10; round += 1) {
      const owner = await world.transporter();
      const { id, vehicleNumber } = await registered(owner);
      const hold = world.sql(
        `UPDATE weelo.vehicles SET status = 'on_hold' WHERE id = $1 AND status = 'available' RETURNING id`,
        [id],
      );
      const [held, answer] = await Promise.all([
        hold,
        round % 2
          ? world.register(owner, { vehicleNumber, status: 'maintenance' })
          : remove(owner, id).then((code) => ({ code })),
      ]);
      expect(held.length === 1).toBe(answer.code === 'VEHICLE_IN_USE');
    }
  });
});

test('the kinds of a fleet are read anew after each change', async () => {
  const owner = await world.transporter();
  const { id } = await registered(owner);
  const last = await registered(owner, { vehicleSubtype: '22 Feet', status: 'maintenance' });
  const change = [
    () => remove(owner, id),
    () => world.register(owner, { vehicleNumber: last.vehicleNumber, vehicleSubtype: '22 Feet' }),
  ];
  for (const each of change) {
    await world.redis.set(kindsKey(owner.id), 'what was known');
    await each();
    expect(await world.redis.exists(kindsKey(owner.id))).toBe(0);
  }
});
