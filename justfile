# Every recipe is one chore of `cargo xtask`; the logic is there.

# List the recipes.
default:
    @just --list

# Run every test, on both engines and in the browser.
test *arguments:
    cargo xtask test {{arguments}}

# Formatting, lints, documentation, floors, sizes, licences, scripts.
check:
    cargo xtask check

# Who may depend on whom.
floors:
    cargo xtask floors

# What has grown too large.
sizes:
    cargo xtask sizes

# Measure against a bare server.
bench *arguments:
    cargo xtask bench {{arguments}}

# Build the reference documentation.
docs:
    cargo xtask docs

# Start Custos with an invented company's data.
demo:
    cargo run --release -- demo
