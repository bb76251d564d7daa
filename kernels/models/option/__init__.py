"""Options: a path of prices (dynamics) and what is paid for it (payoffs), one file each."""
