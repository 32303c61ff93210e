import { stageNamed } from '../../lib/parts/stages.ts';
import { synthesizeWeelo } from '../../lib/weelo-app.ts';

/** `node synthesize.ts <stage> <folder>`: Weelo's templates and bundles, in that folder. */
const [stage = '', outdir = ''] = process.argv.slice(2);
synthesizeWeelo({ stage: stageNamed(stage), outdir });
