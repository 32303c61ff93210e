import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What PostgreSQL needs for an empty cluster and its log, and some to work with. */
const NEEDED_MEGABYTES = 200;

/** Fails with a sentence when a port of 127.0.0.1 is taken. */
export async function requirePort(port: number): Promise<void> {
  const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true });
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Error(portProblem(port, codeOf(cause)), { cause });
  }
  server.close();
  await once(server, 'close');
}

function portProblem(port: number, code: string): string {
  if (code === 'EADDRINUSE') {
    return `Port ${port} is taken: stop what listens there, or set PORT to another.`;
  }
  if (code === 'EACCES') return `Port ${port} may not be used by you: set PORT to one above 1023.`;
  return `Port ${port} cannot be used (${code}): set PORT to another.`;
}

/** Makes a folder for data that is writable and has room, or says in a sentence why there is none. */
export async function requireFolder(folder: string): Promise<void> {
  const probe = join(folder, '.writable');
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(probe, '.');
    await rm(probe);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOSPC') throw new Error(noRoom(folder, 0), { cause });
    const message = `${folder} cannot be written to (${code}): make it yours, or start from a copy of the repository that is.`;
    throw new Error(message, { cause });
  }
  const { bavail, bsize } = await statfs(folder);
  const megabytes = Math.floor((bavail * bsize) / 1024 ** 2);
  if (megabytes < NEEDED_MEGABYTES) throw new Error(noRoom(folder, megabytes));
}

function noRoom(folder: string, megabytes: number): string {
  return `The disk of ${folder} is full (${megabytes} MB left): free at least ${NEEDED_MEGABYTES} MB.`;
}

/**
 * Makes a folder ours for as long as we live. The claim is a socket that listens: it ends with us however
 * we end, and whoever comes next finds nobody there.
 */
export async function claimFolder(folder: string): Promise<() => Promise<void>> {
  const name = createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 16);
  const path = join(tmpdir(), `local-cloud-${name}.sock`);
  if (await answers(path)) {
    throw new Error(`Another local cloud is running on ${folder}: stop it first.`);
  }
  await rm(path, { force: true });
  const server = createServer((socket) => socket.end());
  server.listen(path);
  await once(server, 'listening');
  server.unref();
  return async () => {
    server.close();
    await once(server, 'close');
  };
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
