/** Says whether everything in the synthesized assets runs on Lambda's x86-64. Run it after `synth`. */
import { existsSync } from 'node:fs';
import { binaryIn, filesUnder } from './assets/binaries.ts';

const folder = 'cdk.out';

if (!existsSync(folder)) {
  console.error(`There is no ${folder}: run "npm run synth" first.`);
  process.exit(1);
}

const files = filesUnder(folder);
const binaries = files.map((file) => [file, binaryIn(file)] as const).filter(([, kind]) => kind);
const wrong = binaries.filter(([, kind]) => kind !== 'x86-64 ELF').map(([file]) => file);

console.log(`${files.length} files in ${folder}, ${binaries.length} of them binaries.`);
if (wrong.length > 0) {
  console.error(`Not built for x86-64 Linux: ${wrong.join(', ')}. Build on an x86-64 machine.`);
  process.exitCode = 1;
}
