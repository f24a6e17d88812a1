module.exports = require("../dist/zeromq/v5-compat.js");
