module.exports = require("../dist/zeromq/draft.js");
