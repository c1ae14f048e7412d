import type { BudgetName, BudgetNames } from './budgets/budget';
import { findRelation, type Catalog, type Index, type Relation } from './catalog/catalog';

type Named = Pick<BudgetName, 'schema' | 'name'>;

const known = new WeakMap<Catalog, BudgetNames>();

/** What a catalog says about the names of budgets; made once for each catalog. */
export function budgetNames(catalog: Catalog): BudgetNames {
  const made = known.get(catalog) ?? makeNames(catalog);
  known.set(catalog, made);
  return made;
}

function makeNames(catalog: Catalog): BudgetNames {
  const { relations, source } = catalog;
  const find = ({ schema, name }: Named): Relation | undefined => findRelation(catalog, name, schema);
  const parentsOf = (relation: Relation): Relation[] => (relation.parents ?? []).flatMap(parent => find(parent) ?? []);
  const descends = (relation: Relation, from: Relation): boolean =>
    relation === from || parentsOf(relation).some(parent => descends(parent, from));
  const indexesNamed = ({ schema, name }: Named): { relation: Relation; index: Index }[] =>
    relations
      .filter(relation => schema === undefined || relation.schema === schema)
      .flatMap(relation => relation.indexes.filter(index => index.name === name).map(index => ({ relation, index })));
  return {
    isComplete: source !== 'ddl',
    hasRelation: name => find(name) !== undefined,
    hasIndex: name => indexesNamed(name).length > 0,
    relations: relations.map(({ name }) => name),
    indexes: relations.flatMap(({ indexes }) => indexes.map(({ name }) => name)),
    isPartition: name => find(name)?.isPartition === true,
    isPartOf(name, whole) {
      const [relation, wanted] = [find(name), find(whole)];
      return relation !== undefined && wanted !== undefined && descends(relation, wanted);
    },
    isPartOfIndex: (name, whole) =>
      name === whole.name ||
      indexesNamed({ name }).some(part =>
        indexesNamed(whole).some(
          ({ relation, index }) =>
            part.relation.isPartition && descends(part.relation, relation) && isAlike(part.index, index),
        ),
      ),
  };
}

/** The index of a partition that belongs to one of its parent has another name and everything else alike. */
function isAlike(a: Index, b: Index): boolean {
  return a.method === b.method && a.keys.join() === b.keys.join() && a.predicate === b.predicate;
}
