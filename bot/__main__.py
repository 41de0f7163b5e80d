"""Start a command: `python -m bot serve`."""

from bot.commands.root import main

if __name__ == "__main__":
    main()
