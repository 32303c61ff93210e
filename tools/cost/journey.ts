import type { PartName } from './usage.ts';

/**
 * What a typical order is. Each number is an assumption about people, not about the code; the intervals are those of the
 * shipped apps.
 */
export interface Habits {
  /** How long a captain's app is online for each truck of an order, waiting included. */
  readonly captainHoursPerTruck: number;
  /** Of these, how long the list of offers is on the screen. */
  readonly listShare: number;
  /** How long a driver's app asks for trips, for each truck of an order. */
  readonly driverHoursPerTruck: number;
  readonly heartbeatSeconds: number;
  readonly feedSeconds: number;
  readonly driverPollSeconds: number;
  readonly mapSeconds: number;
  readonly arrivalSeconds: number;
  /** How long a captain looks at the map of its trucks, for each truck of an order. */
  readonly mapMinutesPerTruck: number;
  readonly tripMinutes: number;
  readonly batchSeconds: number;
  readonly pingMinutes: number;
  readonly trucks: number;
  /** Codes that are sent for an order: most people are logged in. */
  readonly loginsPerOrder: number;
  readonly customerConnections: number;
  readonly customerMinutes: number;
}

export const habits: Habits = {
  captainHoursPerTruck: 2.5,
  listShare: 1 / 3,
  driverHoursPerTruck: 1.5,
  heartbeatSeconds: 5,
  feedSeconds: 15,
  driverPollSeconds: 10,
  mapSeconds: 5,
  arrivalSeconds: 60,
  mapMinutesPerTruck: 5,
  tripMinutes: 40,
  batchSeconds: 50,
  pingMinutes: 8,
  trucks: 2,
  loginsPerOrder: 0.2,
  customerConnections: 2,
  customerMinutes: 60,
};

export const captainHoursOf = ({ trucks, captainHoursPerTruck }: Habits) =>
  trucks * captainHoursPerTruck;

/** How often each part comes in one order. The schedule is no part of an order. */
export function timesOf(how: Habits): Readonly<Record<Exclude<PartName, 'reconcile'>, number>> {
  const captainHours = captainHoursOf(how);
  const driverHours = how.trucks * how.driverHoursPerTruck;
  const mapMinutes = how.trucks * how.mapMinutesPerTruck;
  const maps = (mapMinutes * 60) / how.mapSeconds;
  const socketHours = captainHours + how.customerMinutes / 60;
  return {
    order: 1,
    late: 1,
    login: how.loginsPerOrder,
    // A captain's and a driver's access token lasts an hour.
    refresh: captainHours + driverHours,
    // API Gateway ends a connection after two hours; networks end more of them.
    connect: how.customerConnections + captainHours,
    status: 2,
    arrivals: (how.tripMinutes * 60) / how.arrivalSeconds,
    'booking-map': how.customerConnections,
    'fleet-map': maps,
    'trip-map': maps,
    positions: (how.trucks * how.tripMinutes * 60) / how.batchSeconds,
    feed: (captainHours * how.listShare * 3600) / how.feedSeconds,
    'driver-poll': (driverHours * 3600) / how.driverPollSeconds,
    heartbeat: (captainHours * 3600) / how.heartbeatSeconds,
    ping: (socketHours * 60) / how.pingMinutes,
  };
}

/** What each part is, for a reader. */
export const meanings: Readonly<Record<PartName, string>> = {
  login: 'A code is asked for, sent by SMS, and shown',
  refresh: 'A new access token',
  connect: 'A socket is opened by the protocol of the shipped apps, and closed',
  order:
    'The order itself: placed, offered to ten captains who acknowledge it and read their list, two of whom hold a truck and put a driver on it; accepted, driven to the pickup and the drop, rated',
  late: 'What is delayed for an order, and finds nothing to do: waves, the deadline, pushes for who has not acknowledged',
  status: "A look at an order's status",
  arrivals: 'The customer asks when the trucks arrive, every 60 s',
  'booking-map': 'The customer opens the map',
  'fleet-map': 'A captain looks at the map of its trucks, every 5 s',
  'trip-map': 'A captain looks at one trip, every 5 s',
  positions: 'A batch of five positions, one of each 10 s, told to who watches',
  feed: "A captain's list of offers, every 15 s while it is on the screen",
  'driver-poll': "A driver's app asks for trips, every 10 s",
  heartbeat: "A captain's heartbeat, every 5 s",
  ping: 'A silent socket is kept open, every 8 minutes, and the app answers',
  reconcile: 'A run of the schedule',
};
