export { startDynamoDb } from './dynamodb.ts';
export { type EngineProcess, startEngineProcess } from './engine-process.ts';
export { freePort } from './free-port.ts';
export { addressOf } from './http-engine.ts';
export { findPostgresPackage, folderForServer } from './postgres-home.ts';
export { startPostgres } from './postgres.ts';
export { joinCluster } from './redis-cluster.ts';
export { redisServer, startRedis } from './redis.ts';
export { queueUrlOf, startSqs } from './sqs.ts';
