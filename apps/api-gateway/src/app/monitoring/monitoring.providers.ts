import type { Provider } from '@nestjs/common';
import { MonitoredInstanceRepository, ObservationRepository } from '@saasodoo/instances/data-access';
import { DataSource } from 'typeorm';
import { CustomerWatch } from './customer-watch';
import { EventsController } from './events.controller';
import { FreshLook } from './fresh-look';
import { InstanceLogs } from './instance-logs';
import { InstanceMonitoringController } from './instance-monitoring.controller';
import { MonitorClient } from './monitor-client';
import { MonitoredInstances } from './monitored-instances';
import { MonitoredServicesController } from './monitored-services.controller';

export const monitoringControllers = [
  EventsController,
  InstanceMonitoringController,
  MonitoredServicesController,
];

export const monitoringProviders: Provider[] = [
  {
    provide: ObservationRepository,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new ObservationRepository(dataSource),
  },
  {
    provide: MonitoredInstanceRepository,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new MonitoredInstanceRepository(dataSource),
  },
  CustomerWatch,
  FreshLook,
  InstanceLogs,
  MonitorClient,
  MonitoredInstances,
];
