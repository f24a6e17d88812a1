// What this process has loaded: nothing native.
const assert = require("node:assert/strict");

exports.assertNoAddon = () => {
  process.report.excludeNetwork = true; // Otherwise it looks up the names of all peers.
  const { sharedObjects } = process.report.getReport();
  assert.ok(sharedObjects.length > 0);
  assert.deepEqual(
    sharedObjects.filter((path) => path.endsWith(".node")),
    [],
  );
};
