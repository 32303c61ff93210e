/** Asks PostgreSQL, and nobody else. */
export type Sql = <Row>(text: string, values?: unknown[]) => Promise<readonly Row[]>;
