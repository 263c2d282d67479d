export { describeOnCeph, type TestCeph } from './describe-on-ceph';
export {
  describeOnObjectStore,
  type ObjectStoreAccess,
  type TestObjectStore,
} from './describe-on-object-store';
export { freePort } from './free-port';
export { freshDatabase, type FreshDatabaseOptions, type TestDatabase } from './fresh-database';
export { newInstance } from './new-instance';
export { startDisposablePostgres, startPostgres } from './postgres';
export { freshVhost, manage, startDisposableRabbitMq, startRabbitMq, type TestBroker } from './rabbitmq';
export { schemaDrift } from './schema-drift';
export { TestContainer, type TestContainerSpec } from './test-container';
export { testImage, testOdooImage, type TestOdooImage } from './test-image';
export { removeLeftovers, testLabels, testRunId } from './test-run';
