/**
 * Starts processes and times them, and does nothing else: to start one from a large process takes longer, and
 * the benchmark's own, with a cloud in it, is large.
 */
const { spawn } = require('node:child_process');
const { join } = require('node:path');

const script = join(__dirname, 'first-call.cjs');

process.on('message', ({ file, exported, variables, event }) => {
  const said = [];
  const complained = [];
  let took;
  const start = performance.now();
  const child = spawn(process.execPath, [script, file, exported, JSON.stringify(event)], {
    env: variables,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  child.stdio[3].on('data', (chunk) => {
    took ??= performance.now() - start;
    said.push(chunk);
  });
  child.stderr.on('data', (chunk) => complained.push(chunk));
  child.once('close', () => {
    const [line, complaint] = [said, complained].map((chunks) => Buffer.concat(chunks).toString());
    process.send({ took, line, complaint });
  });
});
