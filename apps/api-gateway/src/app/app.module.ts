import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { IdentityDataAccessModule } from '@saasodoo/identity/data-access';
import {
  InstanceEntity,
  InstanceRepository,
  InstanceSecretsRepository,
} from '@saasodoo/instances/data-access';
import { SecretBox } from '@saasodoo/kernel';
import { MessagingModule } from '@saasodoo/messaging';
import { OperationEntity, OperationRepository, OperationStepEntity } from '@saasodoo/operations/data-access';
import { PersistenceModule } from '@saasodoo/persistence';
import { DataSource } from 'typeorm';
import { accessControllers, accessProviders } from './admin/access.providers';
import { GatewayConfig } from './app.config';
import { AccessTokens } from './auth/access-tokens';
import { AuthController } from './auth/auth.controller';
import { AuthGuard } from './auth/auth.guard';
import { LoginFailures } from './auth/login-failures';
import { Passwords } from './auth/passwords';
import { RegistrationService } from './auth/registration.service';
import { SessionsService } from './auth/sessions.service';
import { backupControllers, backupProviders } from './backups/backups.providers';
import { IdempotentRequests } from './idempotency/idempotent-requests';
import { exportControllers, exportProviders } from './export/exports.providers';
import { importControllers, importProviders } from './imports/imports.providers';
import { CreateInstanceService } from './instances/create-instance.service';
import { InstanceCommandsController } from './instances/instance-commands.controller';
import { InstanceCommandsService } from './instances/instance-commands.service';
import { InstanceCredentialsService } from './instances/instance-credentials.service';
import { InstancesController } from './instances/instances.controller';
import { InstancesService } from './instances/instances.service';
import { OdooVersions } from './instances/odoo-versions';
import { TerminateInstanceService } from './instances/terminate-instance.service';
import { UpdateInstanceService } from './instances/update-instance.service';
import { VersionsController } from './instances/versions.controller';
import { monitoringControllers, monitoringProviders } from './monitoring/monitoring.providers';
import { OperationRequests } from './operations/operation-requests';
import { OperationWatch } from './operations/operation-watch';
import { OperationsController } from './operations/operations.controller';
import { OperationsService } from './operations/operations.service';
import { WatchPlaces } from './operations/watch-places';
import { StartUp } from './start-up';
import { upgradeControllers, upgradeProviders } from './upgrades/upgrades.providers';

const APP_NAME = 'api-gateway';
const MINUTE_MS = 60_000;

@Module({
  imports: [
    PersistenceModule.forRootAsync({
      inject: [GatewayConfig],
      useFactory: (config: GatewayConfig) => ({
        url: config.CONTROL_DATABASE_URL,
        ...(config.CONTROL_DATABASE_PASSWORD === undefined
          ? {}
          : { password: config.CONTROL_DATABASE_PASSWORD }),
        poolSize: config.DATABASE_POOL_SIZE,
        applicationName: APP_NAME,
        entities: [InstanceEntity, OperationEntity, OperationStepEntity],
      }),
    }),
    MessagingModule.forRootAsync({
      inject: [GatewayConfig],
      useFactory: (config: GatewayConfig) => ({
        appName: APP_NAME,
        url: config.RABBITMQ_URL,
        ...(config.RABBITMQ_PASSWORD === undefined ? {} : { password: config.RABBITMQ_PASSWORD }),
        relay: true,
      }),
    }),
    ThrottlerModule.forRootAsync({
      inject: [GatewayConfig],
      useFactory: (config: GatewayConfig) => [{ ttl: MINUTE_MS, limit: config.AUTH_ATTEMPTS_PER_MINUTE }],
    }),
    IdentityDataAccessModule,
  ],
  controllers: [
    ...backupControllers,
    ...exportControllers,
    ...importControllers,
    ...upgradeControllers,
    ...monitoringControllers,
    ...accessControllers,
    AuthController,
    InstanceCommandsController,
    InstancesController,
    OperationsController,
    VersionsController,
  ],
  providers: [
    ...backupProviders,
    ...exportProviders,
    ...importProviders,
    ...upgradeProviders,
    ...accessProviders,
    ...monitoringProviders,
    { provide: APP_GUARD, useClass: AuthGuard },
    {
      provide: SecretBox,
      inject: [GatewayConfig],
      useFactory: (config: GatewayConfig) => new SecretBox(config.ENCRYPTION_KEY),
    },
    {
      provide: InstanceRepository,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => new InstanceRepository(dataSource),
    },
    {
      provide: InstanceSecretsRepository,
      inject: [SecretBox],
      useFactory: (box: SecretBox) => new InstanceSecretsRepository(box),
    },
    {
      provide: OperationRepository,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => new OperationRepository(dataSource),
    },
    AccessTokens,
    CreateInstanceService,
    IdempotentRequests,
    InstanceCommandsService,
    InstanceCredentialsService,
    InstancesService,
    LoginFailures,
    OdooVersions,
    OperationRequests,
    OperationWatch,
    OperationsService,
    Passwords,
    RegistrationService,
    SessionsService,
    StartUp,
    TerminateInstanceService,
    UpdateInstanceService,
    WatchPlaces,
  ],
})
export class AppModule {}
