import { createDatabase, migrate, TEMPLATE } from './database-server.ts';
import type { PostgresFacts } from './database-server.ts';

/**
 * Makes the database that those of the test files are copies of. A process of its own: Prisma's engine can be loaded
 * once in a process, and each project of vitest that asks for engines has modules of its own in the same one.
 */
const facts = JSON.parse(process.argv[2] ?? '') as PostgresFacts;
await createDatabase(facts, TEMPLATE, 'template0');
await migrate(facts, TEMPLATE);
