/** The process that is measured: an environment of the trips function and its floor, and no engine beside them. */
import * as z from 'zod';
import { quietLogs } from '../quiet-logs.ts';
import { PlantedTrip } from './planted-trips.ts';
import { measureRates } from './rates.ts';

const Variables = z.record(z.string(), z.string());
const Task = z.object({ variables: Variables, auth: Variables, trips: z.array(PlantedTrip) });

quietLogs();
process.once('message', (message) => {
  const { variables, auth, trips } = Task.parse(message);
  void measureRates(variables, auth, trips).then((rows) =>
    process.send?.(rows, () => process.exit()),
  );
});
