import * as z from 'zod';
import { Bundle } from '../../lib/service/functions/bundle.ts';

/** What stands beside a bundle at run time: in the layer, or in the asset. */
const EXTERNAL = ['@weelo/data', '@prisma/schema-engine-wasm', '@prisma/schema-engine-wasm/*'];

const Order = z.object({
  /** `functions/orders`: the entry and the bundle, without what follows the point. */
  module: z.string(),
  /** The asset's folder. */
  folder: z.string(),
});

/** Bundles one function anew for each message, as the deployment does; answers with what went wrong. */
process.on('message', (message) => {
  const { module, folder } = Order.parse(message);
  process.send?.({ error: bundle(module, folder) });
});
process.on('disconnect', () => process.exit());

function bundle(module: string, folder: string): string | undefined {
  try {
    const output = `${module}.js`;
    new Bundle({ entry: `${module}.ts`, output, external: EXTERNAL }).write(folder);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
