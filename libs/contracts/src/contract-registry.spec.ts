import { ContractRegistry } from './contract-registry';
import { contracts } from './contracts';
import { defineCommand } from './define-command';
import { CreateInstance } from './instance/create-instance.command';
import { CreateInstancePayload } from './instance/create-instance.payload';

describe('ContractRegistry', () => {
  it('refuses two contracts of one type', () => {
    expect(() => new ContractRegistry([CreateInstance, CreateInstance])).toThrow(
      /two contracts .* instance\.create\.v1/,
    );
  });

  it('knows who owns what', () => {
    expect(contracts.ownedBy('provisioner').map(({ queue }) => queue)).toEqual([
      'provisioner.instance.create',
      'provisioner.instance.terminate',
    ]);
    expect(contracts.ownedBy('edge')).toEqual([]);
  });

  it.each([
    ['Instance.Create', 1],
    ['create', 1],
    ['instance.create', 0],
    ['instance.#', 1],
  ])('refuses the name %s version %d', (name, version) => {
    expect(() => defineCommand({ name, version, owner: 'x', payload: CreateInstancePayload })).toThrow(
      /cannot name/,
    );
  });
});
