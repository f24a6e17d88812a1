/** docs/mutants.md, made from the results of the last runs. */
export function mutantsPage(results) {
  return JSON.stringify(results);
}
