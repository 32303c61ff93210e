import { afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { openDoor, type Door } from '../support/faults/door.ts';
import { outcome } from '../support/worlds/faulty-world.ts';
import { fleetWorld, type Person } from '../support/worlds/fleet-world.ts';

let world: Awaited<ReturnType<typeof fleetWorld>>;
let dynamodb: Door;
beforeAll(async () => {
  dynamodb = await openDoor(Number(new URL(inject('dynamodb').endpoint).port));
  world = await fleetWorld(() => ({
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${dynamodb.port}`,
  }));
});
afterEach(() => dynamodb.open());

const letGo = (owner: Person, { id }: { readonly id: string }) =>
  outcome(world.fleet.removeDriver({ token: owner.token, params: { id } }));
const answerTo = async ({ token }: Person) => (await outcome(world.auth.getMe({ token }))).answer;
/** What is in PostgreSQL of a driver and of the only session. */
const standing = async ({ id }: Person) => {
  const [row] = await world.sql(
    `SELECT d.transporter_id IS NULL AS "hasLeft", s.ended_at IS NOT NULL AS "hasEnded",
            s.end_told_at IS NOT NULL AS "isTold"
     FROM weelo.users d JOIN weelo.sessions s ON s.user_id = d.id WHERE d.id = $1`,
    [id],
  );
  return row;
};

/** A fleet of one, whose owner's session is known to the function: it need not ask DynamoDB for that. */
async function fleetOfOne() {
  const owner = await world.transporter();
  const driver = await world.driverOf(owner);
  await world.fleet.listDrivers({ token: owner.token });
  return { owner, driver };
}

describe('a driver who is let go while DynamoDB is away', () => {
  test('has left; whoever did it is told to do it again, and that tells everybody', async () => {
    const { owner, driver } = await fleetOfOne();
    await dynamodb.shut();
    const { answer, retryAfterMs } = await letGo(owner, driver);
    expect({ answer, retryAfterMs }).toEqual({ answer: 'SERVICE_UNAVAILABLE', retryAfterMs: 2000 });
    expect(await standing(driver)).toEqual({ hasLeft: true, hasEnded: true, isTold: false });
    expect((await letGo(owner, driver)).answer).toBe('SERVICE_UNAVAILABLE');

    await dynamodb.open();
    expect((await letGo(owner, driver)).answer).toBe(200);
    expect(await standing(driver)).toEqual({ hasLeft: true, hasEnded: true, isTold: true });
    expect(await answerTo(driver)).toBe('UNAUTHORIZED');
  });

  test('and drives for somebody else by the time that it is done again, goes on doing so', async () => {
    const { owner, driver } = await fleetOfOne();
    const next = await world.transporter();
    await dynamodb.shut();
    await letGo(owner, driver);
    await world.sql('UPDATE weelo.users SET transporter_id = $2 WHERE id = $1', [
      driver.id,
      next.id,
    ]);
    const { token } = await world.session(driver.id, 'driver');
    await dynamodb.open();
    expect((await letGo(owner, driver)).answer).toBe(200);
    expect(await answerTo(driver)).toBe('UNAUTHORIZED');
    expect(await answerTo({ ...driver, token })).toBe(200);
    const { body } = await world.fleet.listDrivers({ token: next.token });
    expect(body?.drivers.map(({ id }) => id)).toEqual([driver.id]);
  });
});
