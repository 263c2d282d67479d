import { SnakeNamingStrategy } from './snake-naming.strategy';

describe('SnakeNamingStrategy', () => {
  const naming = new SnakeNamingStrategy();

  it.each([
    ['serviceName', '', [], 'service_name'],
    ['id', '', ['ownerAddress'], 'owner_address_id'],
    ['anything', 'asTold', [], 'asTold'],
  ])('names the column of %s', (property, custom, prefixes: string[], column) => {
    expect(naming.columnName(property, custom, prefixes)).toBe(column);
  });

  it('names tables', () => {
    expect(naming.tableName('OperationStep', undefined)).toBe('operation_step');
    expect(naming.tableName('OperationStep', 'step')).toBe('step');
  });
});
