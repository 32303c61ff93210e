import { randomUUID } from 'node:crypto';
import { holdSeconds } from '../../../src/orders/order/order.ts';
import { fleets, type MarketRace } from '../faults/market-race.ts';
import {
  aces,
  marketWorld,
  open17s,
  openTruck,
  tataAce,
  type Transporter,
} from './market-world.ts';
import { documentedOrder } from './order-world.ts';
import { raceWorld } from './race-world.ts';

export type MarketRaceWorld = Awaited<ReturnType<typeof marketRaceWorld>>;

export interface Fleet extends Transporter {
  /** The kind of each vehicle. */
  readonly kinds: readonly string[];
}

export interface RacedOrder {
  readonly orderId: string;
  readonly token: string;
}

/** Most have one truck. */
const fleetKinds = [
  [tataAce],
  [tataAce],
  [openTruck],
  [tataAce],
  [tataAce, openTruck],
  [tataAce, tataAce],
] as const;

/** Fleets that are online around one pickup, and the functions in many environments. Orders share the fleets. */
export async function marketRaceWorld() {
  const market = await marketWorld();
  // As many as it has connections: who waits for a connection does not race.
  const races = await raceWorld({ around: market, atOnce: 2 });
  const { sql, whole, replicas } = races;
  await sql(marketWitness);
  // One after the other: all at once, their first connections would take too long.
  for (const each of replicas) {
    const { token } = await market.customer();
    await each.orders.checkActiveOrder({ token });
    await each.tell({ kind: 'search-deadline', orderId: randomUUID() });
  }

  const owners: Fleet[] = [];
  for (let i = 0; i < fleets; i += 1) {
    const kinds = fleetKinds[i % fleetKinds.length] ?? [tataAce];
    owners.push({ ...(await market.transporter({ kinds, km: 1 + (i % 12) })), kinds });
  }
  /** Whoever sends no heartbeat for 90 s is offline. */
  const beatAll = () =>
    Promise.all(
      owners.map(({ id, kinds }, i) => market.beat(id, [...new Set(kinds)], 1 + (i % 12))),
    );

  /** Places an order, and offers it to its parties. */
  const open = async (race: MarketRace): Promise<RacedOrder> => {
    const { token } = await market.customer();
    const trucks = [
      ...(race.aces > 0 ? [aces(race.aces)] : []),
      ...(race.open17s > 0 ? [open17s(race.open17s)] : []),
    ];
    const order = { ...documentedOrder, vehicleRequirements: trucks };
    const { body, error } = await whole[0].place(token, randomUUID(), { order });
    if (!body) throw new Error(`The order was not placed: ${error?.code}`);
    const orderId = body.order.id;
    await sql(
      `WITH offered AS (
         INSERT INTO weelo.offers (order_id, transporter_id, wave, distance_km, told_kinds)
         SELECT $1, id, 1, 1, $3 FROM unnest($2::uuid[]) AS id RETURNING 1
       )
       UPDATE weelo.orders SET notified_transporters = asked, online_candidates = asked
       FROM (SELECT count(*) AS asked FROM offered) AS o WHERE id = $1`,
      [orderId, race.parties.map(({ fleet }) => owners[fleet]?.id), [tataAce, openTruck]],
    );
    return { orderId, token };
  };

  /** From now on, the search of an order lasts so long. */
  const lasts = (orderId: string, ms: number) =>
    sql(
      `UPDATE weelo.orders SET search_deadline = clock_timestamp() + $2 * interval '1 ms' WHERE id = $1`,
      [orderId, ms],
    );

  /** The time of all holds, or of all drivers, of orders is over. Under the lock: nobody has just looked at it. */
  const age = (what: 'holds' | 'drivers', orderIds: readonly string[]) =>
    sql(
      `WITH o AS MATERIALIZED (
         SELECT id FROM weelo.orders WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE
       ) ${
         what === 'holds'
           ? `UPDATE weelo.holds AS h SET expires_at = clock_timestamp() - interval '1 minute'
              FROM o WHERE h.order_id = o.id AND h.status = 'active'`
           : `UPDATE weelo.assignments AS a SET answer_by = clock_timestamp() - interval '1 minute'
              FROM o WHERE a.order_id = o.id AND a.status = 'pending'`
       }`,
      [orderIds],
    );

  /** As if more than an hour had passed since the last holds lapsed: nobody is limited. */
  const forgive = () =>
    sql(`UPDATE weelo.holds SET ended_at = ended_at - interval '2 hours'
         WHERE status = 'lapsed' AND ended_at > now() - interval '1 hour'`);

  /** What was done too late, as PostgreSQL saw it at that moment. */
  const seenTooLate = async () =>
    (await sql<{ broken: string }>('DELETE FROM weelo.seen_too_late RETURNING broken')).map(
      ({ broken }) => broken,
    );

  return { ...market, ...races, owners, beatAll, open, lasts, age, forgive, seenTooLate };
}

/**
 * Notes what is done too late, at the moment when it is done: what was committed does not say when its transaction had
 * the lock. Whoever compares a deadline does so a little earlier than it writes, so there is some tolerance. Whoever
 * takes the last truck closes the search by the same statement, so what one's own transaction closed does not count.
 */
const marketWitness = `
  CREATE TABLE weelo.seen_too_late (broken text);

  CREATE FUNCTION weelo.see_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    compared_at timestamptz := NEW.expires_at
      - CASE WHEN NEW.status = 'active' THEN interval '${holdSeconds} s' ELSE interval '0' END;
  BEGIN
    INSERT INTO weelo.seen_too_late
    SELECT 'P4: hold ' || NEW.id || ' was made ' || CASE
             WHEN search_closed_at IS NULL THEN compared_at - search_deadline || ' past the deadline'
             ELSE 'after the search had closed, or past the deadline' END
    FROM weelo.orders
    WHERE id = NEW.order_id AND NOT NEW.after_no
      AND (search_closed_at IS NOT NULL AND xmin <> pg_current_xact_id()::xid OR compared_at > search_deadline + interval '100 ms');
    RETURN NEW;
  END $$;
  CREATE TRIGGER see_hold BEFORE INSERT ON weelo.holds FOR EACH ROW EXECUTE FUNCTION weelo.see_hold();

  CREATE FUNCTION weelo.see_confirmation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    INSERT INTO weelo.seen_too_late
    SELECT 'P6: hold ' || NEW.id || ' was confirmed after its time'
    WHERE NEW.status = 'confirmed' AND OLD.expires_at < clock_timestamp() - interval '30 s';
    RETURN NEW;
  END $$;
  CREATE TRIGGER see_confirmation BEFORE UPDATE ON weelo.holds
    FOR EACH ROW EXECUTE FUNCTION weelo.see_confirmation();

  CREATE FUNCTION weelo.see_assignment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    INSERT INTO weelo.seen_too_late
    SELECT 'P4: assignment ' || NEW.id || ' was made after the search had closed, and from no hold of before'
    FROM weelo.orders AS o
    WHERE o.id = NEW.order_id AND o.search_closed_at IS NOT NULL AND o.xmin <> pg_current_xact_id()::xid
      AND NOT EXISTS (SELECT FROM weelo.holds AS h WHERE h.id = NEW.hold_id);
    RETURN NEW;
  END $$;
  CREATE TRIGGER see_assignment BEFORE INSERT ON weelo.assignments
    FOR EACH ROW EXECUTE FUNCTION weelo.see_assignment();

  CREATE FUNCTION weelo.see_answer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    INSERT INTO weelo.seen_too_late
    SELECT 'P6: assignment ' || NEW.id || ' was ' || NEW.status || ' after its time'
    WHERE OLD.status = 'pending' AND NEW.status IN ('driver_accepted', 'driver_declined')
      AND OLD.answer_by < clock_timestamp() - interval '30 s';
    RETURN NEW;
  END $$;
  CREATE TRIGGER see_answer BEFORE UPDATE ON weelo.assignments
    FOR EACH ROW EXECUTE FUNCTION weelo.see_answer();
`;
