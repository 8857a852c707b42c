export { generateDomain, type DomainOptions } from './domain/generate-domain.ts';
