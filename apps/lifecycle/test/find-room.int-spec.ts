import type { TenantContext } from '@saasodoo/tenants';
import { connectSwarm, type Swarm } from '@saasodoo/swarm';
import { FindRoomStep } from '../src/app/drill-backup/steps/find-room.step';

describe('the room for a drill', () => {
  let swarm: Swarm;
  beforeAll(async () => {
    swarm = await connectSwarm();
  });
  afterAll(() => swarm.close());

  test('is refused, and not waited for, where no node has as much as the instance reserves', async () => {
    const step = new FindRoomStep(swarm, { STORAGE_DRIVER: 'local' } as never);
    const instance = { cpuLimit: 0.5, memoryBytes: 1024 ** 5 };
    await expect(step.run({ instance } as TenantContext)).rejects.toMatchObject({
      ...{ code: 'swarm.no_suitable_node', retryable: false },
    });
  });
});
