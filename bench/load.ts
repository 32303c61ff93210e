import autocannon from 'autocannon';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Benchmark, Measured } from './benchmark.ts';
import { startWeeloCloud } from './weelo-cloud.ts';

const seconds = { ours: 30, floor: 5 } as const;
/** As many as the local cloud keeps environments of a function. */
const connections = 10;

export const load: Benchmark = {
  name: 'load',
  summary: `GET /health/live through the local gateway, ${connections} connections for ${seconds.ours} s, no error allowed`,
  against: 'bare node:http',
  run: async (say) => {
    const cloud = await startWeeloCloud(say);
    const bare = createServer((_, response) => response.end('{"status":"alive"}'));
    bare.listen(0, '127.0.0.1');
    await once(bare, 'listening');
    try {
      const address = bare.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      say(`${seconds.floor} s against a bare server`);
      const floor = await cannonade(`http://127.0.0.1:${port}`, seconds.floor);
      say(`${seconds.ours} s against the local cloud`);
      const ours = await cannonade(`${cloud.origin}/health/live`, seconds.ours);
      say(`${Math.round(ours.requests.average)} requests/s, ${ours.requests.total} in all`);
      return [
        row('median', ours.latency.p50, floor.latency.average),
        row('p99', ours.latency.p99, floor.latency.p99),
      ];
    } finally {
      bare.closeAllConnections();
      bare.close();
      await cloud.stop();
    }
  },
};

async function cannonade(url: string, duration: number): Promise<autocannon.Result> {
  const result = await autocannon({ url, connections, duration });
  const failed = result.errors + result.timeouts + result.non2xx;
  if (failed > 0)
    throw new Error(`${failed} of ${result.requests.total} requests to ${url} failed`);
  return result;
}

/** Informs only: what is behind the gateway here is this machine, not AWS. */
function row(what: string, took: number, floor: number): Measured {
  // autocannon counts whole milliseconds, and a bare server takes less than one.
  const limit = Math.max(floor, 1);
  return { what, took, limit, ratio: took / limit };
}
