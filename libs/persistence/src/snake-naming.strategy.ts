import { DefaultNamingStrategy } from 'typeorm';

/** `serviceName` → `service_name`, for tables and columns alike. */
export class SnakeNamingStrategy extends DefaultNamingStrategy {
  override tableName(className: string, userSpecifiedName: string | undefined): string {
    return userSpecifiedName ?? snakeCase(className);
  }

  override columnName(propertyName: string, customName: string, embeddedPrefixes: string[]): string {
    return [...embeddedPrefixes.map(snakeCase), customName || snakeCase(propertyName)].join('_');
  }

  override relationName(propertyName: string): string {
    return snakeCase(propertyName);
  }

  override joinColumnName(relationName: string, referencedColumnName: string): string {
    return `${snakeCase(relationName)}_${snakeCase(referencedColumnName)}`;
  }
}

function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
