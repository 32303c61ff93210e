import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { rateLimitsVariable } from '../src/contract/environment.ts';
import { type Cloud, startCloud } from 'local-cloud';
import { folderForServer } from 'local-cloud/engines';
import {
  Stoppers,
  claimFolder,
  keepInUse,
  logPrinter,
  requireFolder,
  requirePort,
  whenOrphaned,
} from 'local-cloud/start';
import { CityProcess } from './city/city-process.ts';
import { withoutCity } from './city/quiet-log.ts';
import { makeDevRoutes } from './dev/dev-routes.ts';
import { readOptions, type StartOptions } from './start/options.ts';
import { plantSeed } from './start/seed.ts';
import { synthesizedApp } from './start/synthesized.ts';
import { copyOf, watchSources } from './start/watch.ts';
import { weeloSettings } from './start/weelo-settings.ts';

/** `npm start`: Weelo, all of it, on this machine. */
const repository = resolve(import.meta.dirname, '..');
const DATA = join(repository, '.weelo/data');
const STAGE = 'local';
const documents = {
  openapi: join(repository, 'docs/openapi.json'),
  asyncapi: join(repository, 'docs/asyncapi.json'),
};
const HARD_STOP_MS = 15_000;
/** One Ctrl-C comes twice: from the terminal, and from npm, which passes it on. */
const SAME_SIGNAL_MS = 1000;

const stoppers = new Stoppers();
let endingSince: number | undefined;
const print = (line: string) => void process.stdout.write(`${line}\n`);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void end(0));
// Whoever started us or reads our output has gone: there is nobody left to run for.
whenOrphaned(abandoned);
for (const stream of [process.stdout, process.stderr]) stream.on('error', abandoned);

try {
  await start(readOptions(process.argv.slice(2), process.env));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  await end(1);
}

async function start(options: StartOptions): Promise<void> {
  const say = noticePrinter(options);
  const dataFolder = resolve(options.data ?? DATA);
  await requirePort(options.port);
  await requireFolder(dataFolder);
  stoppers.add(await claimFolder(dataFolder));
  if (options.reset) await reset(dataFolder, say);
  const synthesized = await synthesizedApp(STAGE, say);
  stoppers.add(keepInUse(synthesized));
  const copy = options.watch ? await copyOf(synthesized) : undefined;
  if (copy) stoppers.add(copy.remove);

  let city: CityProcess | undefined;
  const printLine = logPrinter(options.json, print);
  say('starting PostgreSQL, Redis, DynamoDB and SQS');
  const cloud = await startCloud({
    assembly: copy?.folder ?? synthesized,
    dataFolder,
    port: options.port,
    ...weeloSettings,
    // Read in stage local alone: nothing deployed can be told so.
    variables: options.rateLimits ? {} : { [rateLimitsVariable]: 'off' },
    devRoutes: (outside, status, memory) =>
      makeDevRoutes({ ...outside, status, memory, documents, city: async () => city?.look() }),
    onLog: options.city ? withoutCity(printLine, () => city?.isWaking === true) : printLine,
    onNotice: say,
  });
  stoppers.add(cloud.stop);
  await plantSeed(cloud);
  if (options.watch) stoppers.add(watchSources(cloud, say));
  announce(cloud);
  if (!options.city) return;
  city = new CityProcess({ ...options.city, origin: cloud.origin }, dataFolder, say);
  const stopCity = city.stop.bind(city);
  stoppers.add(stopCity);
}

function announce({ origin, functions }: Cloud): void {
  print(
    `ready ${origin}  ${functions().length} functions; also /docs, /_dev/map, /_dev/status, /_dev/messages`,
  );
}

async function reset(dataFolder: string, say: (sentence: string) => void): Promise<void> {
  say('wiping all data');
  // PostgreSQL's lies elsewhere where its user could not reach it.
  const elsewhere = await folderForServer(join(dataFolder, 'postgres'));
  for (const each of [elsewhere, dataFolder]) await rm(each, { recursive: true, force: true });
  await mkdir(dataFolder, { recursive: true });
}

function noticePrinter({ json }: StartOptions): (sentence: string) => void {
  if (json) return (message) => print(JSON.stringify({ level: 'INFO', service: 'local', message }));
  return (sentence) => print(`local: ${sentence}`);
}

function abandoned(): void {
  if (endingSince === undefined) void end(0);
}

/** A second Ctrl-C, or a part that does not stop, ends us at once: what we started notices. */
async function end(code: number): Promise<void> {
  if (endingSince !== undefined) {
    if (performance.now() - endingSince < SAME_SIGNAL_MS) return;
    process.exit(code || 1);
  }
  endingSince = performance.now();
  setTimeout(() => process.exit(1), HARD_STOP_MS).unref();
  await stoppers.stop().catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
  });
  process.exit(code);
}
